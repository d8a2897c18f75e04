//! What passed through, call by call, with what IAM would look at. Credentials are not kept: of a key only its id, and
//! only to know whose account it opens.

use std::collections::BTreeMap;

use super::action::{Action, fields};
use super::fault::element;
use super::http::{Request, Response};

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Recorded {
    /// What IAM calls it, such as `iam:PutRolePolicy`.
    pub(in super::super) operation: String,
    /// The member account whose role signed it; none for the caller's own credentials.
    pub(in super::super) member: Option<String>,
    /// The Region that it was signed for.
    pub(in super::super) region: String,
    /// Its parameters, where it is a form.
    pub(in super::super) parameters: BTreeMap<String, String>,
}

/// All calls so far.
#[derive(Debug, Default)]
pub(super) struct Record {
    calls: Vec<Recorded>,
    /// Account by the id of an access key.
    keys: BTreeMap<String, String>,
    /// Stack by change set: IAM is asked about the stack where only the change set is named.
    change_sets: BTreeMap<String, String>,
}

impl Record {
    pub(super) fn add(&mut self, action: &Action, request: &Request, answer: &Response) {
        // Credential=KEY/DATE/REGION/SERVICE/aws4_request
        let authorization = request.header("authorization").unwrap_or_default();
        let Some((_, scope)) = authorization.split_once("Credential=") else { return };
        let scope: Vec<&str> = scope.split('/').collect();
        let [key, _, region, service, ..] = scope.as_slice() else { return };
        let mut parameters: BTreeMap<String, String> = fields(request).into_iter().collect();
        let body = String::from_utf8_lossy(&answer.body);
        match action.0.as_str() {
            "AssumeRole" => {
                let account = parameters.get("RoleArn").and_then(|arn| arn.split(':').nth(4));
                if let (Some(given), Some(account)) = (element(&body, "AccessKeyId"), account) {
                    self.keys.insert(given.to_owned(), account.to_owned());
                }
            }
            "CreateChangeSet" => {
                if let (Some(id), Some(stack)) = (element(&body, "Id"), element(&body, "StackId")) {
                    self.change_sets.insert(id.to_owned(), stack.to_owned());
                }
            }
            _ => {}
        }
        let stack = parameters.get("ChangeSetName").and_then(|name| self.change_sets.get(name)).cloned();
        if let Some(stack) = stack {
            parameters.entry("StackName".to_owned()).or_insert(stack);
        }
        self.calls.push(Recorded {
            operation: [service, action.0.as_str()].join(":"),
            member: self.keys.get(*key).cloned(),
            region: (*region).to_owned(),
            parameters,
        });
    }

    /// What came after the first `seen` calls.
    pub(super) fn since(&self, seen: usize) -> Vec<Recorded> {
        self.calls.iter().skip(seen).cloned().collect()
    }

    pub(super) fn len(&self) -> usize {
        self.calls.len()
    }
}
