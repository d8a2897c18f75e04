//! Identity providers on behalf of an emulator whose CloudFormation does not know them: before a stack is made, its
//! providers are made by IAM's own API, with the caller's credentials, and a placeholder takes their place in the
//! template. Everything else of the stack stays as Landfall sent it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::action::{Action, fields};
use super::http::{self, Request};

/// Which providers were made, by credentials and template properties, with their ARNs.
#[derive(Default)]
pub(super) struct StandIn(Mutex<BTreeMap<(String, String), String>>);

impl StandIn {
    /// The request as the emulator can take it.
    pub(super) async fn of(&self, upstream: SocketAddr, action: &Action, request: Request) -> Request {
        if !["CreateStack", "CreateChangeSet"].contains(&action.0.as_str()) {
            return request;
        }
        let mut form = fields(&request);
        let Some(body) = form.iter_mut().find(|(key, _)| key == "TemplateBody") else { return request };
        let mut template: Value = serde_json::from_str(&body.1).unwrap();
        let mut arns = BTreeMap::new();
        for (id, resource) in template["Resources"].as_object_mut().unwrap() {
            if ["AWS::IAM::OIDCProvider", "AWS::IAM::SAMLProvider"].contains(&resource["Type"].as_str().unwrap()) {
                arns.insert(id.clone(), self.provider(upstream, &request, &resource["Properties"]).await);
                *resource = json!({ "Type": "AWS::CloudFormation::WaitConditionHandle" });
            }
        }
        point_to(&mut template, &arns);
        body.1 = template.to_string();
        Request { body: encoded(&form), ..request }
    }

    async fn provider(&self, upstream: SocketAddr, request: &Request, properties: &Value) -> String {
        let authorization = request.header("authorization").unwrap_or_default();
        let caller = authorization.split('/').next().unwrap_or_default().to_owned();
        let key = (caller, properties.to_string());
        if let Some(arn) = self.0.lock().unwrap().get(&key) {
            return arn.clone();
        }
        let text = |name: &str| properties[name].as_str().unwrap_or_default().to_owned();
        let mut form = vec![("Version".to_owned(), "2010-05-08".to_owned())];
        let (list, end);
        if properties.get("Url").is_some() {
            list = "ListOpenIDConnectProviders";
            end = text("Url").replacen("https:/", "", 1);
            form.push(("Action".to_owned(), "CreateOpenIDConnectProvider".to_owned()));
            form.push(("Url".to_owned(), text("Url")));
            for (index, audience) in properties["ClientIdList"].as_array().into_iter().flatten().enumerate() {
                form.push((format!("ClientIDList.member.{}", index + 1), audience.as_str().unwrap().to_owned()));
            }
        } else {
            list = "ListSAMLProviders";
            end = ["/", &text("Name")].concat();
            form.push(("Action".to_owned(), "CreateSAMLProvider".to_owned()));
            form.push(("Name".to_owned(), text("Name")));
            form.push(("SAMLMetadataDocument".to_owned(), text("SamlMetadataDocument")));
        }
        let mut answer = self.iam(upstream, request, &form).await;
        if answer.contains("EntityAlreadyExists") {
            // An earlier session of the same account made it.
            let form = ["Version", "2010-05-08", "Action", list].map(str::to_owned);
            let [version, number, action, list] = form;
            answer = self.iam(upstream, request, &[(version, number), (action, list)]).await;
        }
        let arns = answer.split(['<', '>']).filter(|word| word.starts_with("arn:"));
        let arn = arns.into_iter().find(|arn| arn.ends_with(&end)).unwrap_or_else(|| panic!("{answer}")).to_owned();
        self.0.lock().unwrap().insert(key, arn.clone());
        arn
    }

    /// A call to IAM with the caller's credentials.
    async fn iam(&self, upstream: SocketAddr, request: &Request, form: &[(String, String)]) -> String {
        let headers = request.headers.iter().map(|(name, value)| {
            let to_iam = name == "authorization" || name == "host";
            (name.clone(), if to_iam { value.replace("/cloudformation/", "/iam/") } else { value.clone() })
        });
        let made = Request {
            method: request.method.clone(),
            path: request.path.clone(),
            headers: headers.collect(),
            body: encoded(form),
        };
        let answer = http::forward(upstream, &made).await.unwrap();
        String::from_utf8_lossy(&answer.body).into_owned()
    }
}

/// Puts ARNs where the template refers to the providers.
fn point_to(value: &mut Value, arns: &BTreeMap<String, String>) {
    let arn = value.get("Ref").or_else(|| value["Fn::GetAtt"].get(0)).and_then(|id| arns.get(id.as_str()?));
    if let Some(arn) = arn {
        *value = Value::String(arn.clone());
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| point_to(item, arns)),
        Value::Object(entries) => entries.values_mut().for_each(|entry| point_to(entry, arns)),
        _ => {}
    }
}

fn encoded(form: &[(String, String)]) -> Vec<u8> {
    let escaped = |text: &str| -> String {
        let escape = |byte: u8| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        };
        text.bytes().map(escape).collect()
    };
    let pairs: Vec<String> = form.iter().map(|(key, value)| [escaped(key), escaped(value)].join("=")).collect();
    pairs.join("&").into_bytes()
}
