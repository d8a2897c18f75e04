//! What GitHub must be told by hand: no pipeline should have a token that could change the rules it runs under.

use crate::values::Values;

/// A setting of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// What it is, as a fragment.
    pub what: String,
    /// Why it matters, as a sentence.
    pub why: &'static str,
    /// A shell command with `gh` that makes or shows it. Words in capitals are the user's to fill in.
    pub command: String,
}

/// The settings that the pipelines rely on.
pub fn settings(values: &Values) -> Vec<Setting> {
    let repository = &values.repository;
    let path = path_segment(&values.environment);
    let mut out = vec![
        Setting {
            what: format!("environment `{}` with reviewers", values.environment),
            why: "The apply role trusts its jobs and no others; its reviewers approve every plan.",
            command: format!(
                "gh api --method PUT {} --input - <<'JSON'\n{ENVIRONMENT}\nJSON",
                quoted(&format!("repos/{repository}/environments/{path}")),
            ),
        },
        Setting {
            what: format!("the environment takes branch `{}` alone", values.branch),
            why: "Otherwise a job of any branch could ask for the apply role.",
            command: format!(
                "gh api --method POST {} --field {}",
                quoted(&format!("repos/{repository}/environments/{path}/deployment-branch-policies")),
                quoted(&format!("name={}", values.branch)),
            ),
        },
        Setting {
            what: format!("branch `{}` takes reviewed pull requests that could be planned", values.branch),
            why: "What is merged is applied.",
            command: format!(
                "gh api --method POST {} --input - <<'JSON'\n{}\nJSON",
                quoted(&format!("repos/{repository}/rulesets")),
                RULESET.replace("BRANCH", &json_text(&values.branch)),
            ),
        },
        Setting {
            what: "tokens of workflows read unless a workflow says otherwise, and may open pull requests".to_owned(),
            why: "The onboarding opens a pull request; nothing else needs more than each job asks for.",
            command: format!(
                "gh api --method PUT {} --raw-field default_workflow_permissions=read \
                 --field can_approve_pull_request_reviews=true",
                quoted(&format!("repos/{repository}/actions/permissions/workflow")),
            ),
        },
        Setting {
            what: "the subject of GitHub's tokens has its default form".to_owned(),
            why: "The roles compare it word for word; the command must show `\"use_default\": true`.",
            command: format!("gh api {}", quoted(&format!("repos/{repository}/actions/oidc/customization/sub"))),
        },
    ];
    if let Some((source, tag)) = values.movable_tag() {
        out.push(Setting {
            what: format!("tag `{tag}` of Landfall can be moved by whoever owns its repository"),
            why: "A commit cannot: write it as `automation: install: { cargo: { commit: … } }`, or a release with its checksum.",
            command: format!("git ls-remote https://github.com/{source} {}", quoted(&["refs/tags/", tag].concat())),
        });
    }
    out
}

/// Source: GitHub REST API, "Create or update an environment".
const ENVIRONMENT: &str = r#"{ "reviewers": [{ "type": "Team", "id": TEAM_ID }], "prevent_self_review": true,
  "deployment_branch_policy": { "protected_branches": false, "custom_branch_policies": true } }"#;

/// Source: GitHub REST API, "Create a repository ruleset". The contexts are the names of the jobs in `plan.yml`.
const RULESET: &str = r#"{ "name": "landfall", "target": "branch", "enforcement": "active",
  "conditions": { "ref_name": { "include": ["refs/heads/BRANCH"], "exclude": [] } },
  "rules": [
    { "type": "deletion" }, { "type": "non_fast_forward" },
    { "type": "pull_request", "parameters": { "required_approving_review_count": 1,
      "dismiss_stale_reviews_on_push": true, "require_code_owner_review": false,
      "require_last_push_approval": true, "required_review_thread_resolution": false } },
    { "type": "required_status_checks", "parameters": { "strict_required_status_checks_policy": true,
      "required_status_checks": [{ "context": "Validate" }, { "context": "Plan" }] } }] }"#;

/// A word of a shell command: as it is where a shell leaves it so, else in single quotes.
fn quoted(text: &str) -> String {
    if text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./:@=%".contains(&b)) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A name as a segment of a URL's path.
fn path_segment(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// A text inside a JSON text that stands in a here document.
fn json_text(text: &str) -> String {
    text.replace('\\', r"\\").replace('"', r#"\""#)
}
