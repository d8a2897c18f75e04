//! Which call a request is.

use super::http::Request;

/// An operation's name, such as `CreateStack`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct Action(pub(in super::super) String);

impl Action {
    /// By the form field of awsQuery, the header of awsJson, or the path of rpcv2.
    pub(super) fn of(request: &Request) -> Self {
        let target = request.header("x-amz-target").and_then(|target| target.rsplit('.').next());
        let path = || request.path.split_once("/operation/").map(|(_, operation)| operation);
        let name = target.map(ToOwned::to_owned).or_else(|| field(request, "Action"));
        Self(name.or_else(|| path().map(ToOwned::to_owned)).unwrap_or_else(|| request.path.clone()))
    }
}

/// A form field, decoded.
pub(super) fn field(request: &Request, name: &str) -> Option<String> {
    fields(request).into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// All form fields, decoded; none if the body is no form.
pub(super) fn fields(request: &Request) -> Vec<(String, String)> {
    if request.header("content-type").is_none_or(|kind| !kind.contains("form-urlencoded")) {
        return Vec::new();
    }
    let body = std::str::from_utf8(&request.body).unwrap();
    let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(key, value)| (decoded(key), decoded(value))).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits: Vec<u8> = rest.by_ref().take(2).collect();
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            other => other,
        });
    }
    String::from_utf8(bytes).unwrap()
}
