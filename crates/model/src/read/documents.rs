//! Files that a section refers to: policy documents and SAML metadata.

use crate::read::context::{Context, LIMIT, character, start};
use crate::read::json::Strict;
use crate::read::node::Node;
use crate::read::scalar::text;
use crate::read::suggest::clip;
use crate::read::{json_places, policy_places};
use crate::{Diagnostic, FileId, Place, PolicyText, codes};

/// A path below the configuration folder.
fn path<'n>(cx: &mut Context<'_>, node: &'n Node) -> Option<&'n str> {
    let written = text(cx, node)?;
    let outside = written.starts_with(['/', '\\', '~'])
        || written.as_bytes().get(1) == Some(&b':')
        || written.split(['/', '\\']).any(|part| part == "..");
    let problem = if outside {
        Some("leads out of the configuration folder")
    } else if written.trim().is_empty() || written.len() > 1024 {
        Some("is no path of a file")
    } else {
        None
    };
    let Some(problem) = problem else { return Some(written) };
    cx.report(
        Diagnostic::error(codes::PATH_OUTSIDE, node.place, format!("`{}` {problem}", clip(written)))
            .help("put the file into the configuration folder and write its path from there"),
    );
    None
}

/// Reads the policy document that a path names.
pub(crate) fn policy(cx: &mut Context<'_>, node: &Node) -> Option<PolicyText> {
    let name = path(cx, node)?;
    let file = cx.referenced(name, node.place, LIMIT)?;
    let text = cx.text(file);
    let json = match serde_json::from_str::<Strict>(&text) {
        Ok(Strict(json)) => json,
        Err(error) => {
            let place = json_place(file, &text, error.line(), error.column());
            let reason = error.to_string();
            // serde_json repeats the place at the end of its message.
            let reason = reason.split(" at line ").next().unwrap_or_default();
            let diagnostic = if error.is_data() {
                Diagnostic::error(codes::DUPLICATE_KEY, place, clip(reason)).help("take one out, or join the two")
            } else {
                Diagnostic::error(codes::JSON_SYNTAX, place, format!("this is no JSON: {}", clip(reason)))
            };
            cx.report(diagnostic.related(node.place, "needed here"));
            return None;
        }
    };
    let statements = json.get("Statement").is_some_and(|value| value.is_array() || value.is_object());
    if !statements {
        cx.report(
            Diagnostic::error(codes::POLICY_DOCUMENT, start(file), format!("`{name}` is no policy document"))
                .related(node.place, "needed here")
                .help("a document looks like {\"Version\": \"2012-10-17\", \"Statement\": [...]}"),
        );
        return None;
    }
    if let Some(root) = json_places::spots(&text) {
        policy_places::document(cx, &root, node.place, file);
    }
    Some(PolicyText { json, place: node.place })
}

fn json_place(file: FileId, text: &str, line: usize, column: usize) -> Place {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    // serde_json counts bytes from 1, and reports 0 for the end of a line.
    let mut at = (before + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    character(file, text, at)
}

/// Reads the SAML metadata that a path names. Source: IAM API, `CreateSAMLProvider.SAMLMetadataDocument`, 1,000 to
/// 10,000,000 characters.
pub(crate) fn saml_metadata(cx: &mut Context<'_>, node: &Node) -> Option<String> {
    const CHARACTERS: usize = 10_000_000;
    let name = path(cx, node)?;
    let file = cx.referenced(name, node.place, 4 * CHARACTERS as u64)?;
    let text = cx.text(file);
    let length = text.chars().count();
    let problem = if length > CHARACTERS {
        Some(format!("it has {length} characters, and IAM takes at most {CHARACTERS}"))
    } else if !has_root(&text, "EntityDescriptor") {
        Some("it is no XML with an `EntityDescriptor`".to_owned())
    } else {
        None
    };
    let Some(problem) = problem else { return Some(text) };
    cx.report(
        Diagnostic::error(codes::SAML_METADATA, start(file), format!("`{name}` is no SAML metadata: {problem}"))
            .related(node.place, "needed here")
            .help("download the metadata document from the identity provider"),
    );
    None
}

/// Whether a text looks like XML that has an element of that name, with any namespace prefix, opened and closed.
fn has_root(text: &str, element: &str) -> bool {
    let mut opened = false;
    let mut closed = false;
    for tag in text.trim_start().split('<').skip(1) {
        let Some((tag, _)) = tag.split_once('>') else { continue };
        let (closes, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        if name.rsplit(':').next() == Some(element) {
            opened |= !closes;
            closed |= closes && opened;
        }
    }
    text.trim_start().starts_with('<') && opened && closed
}

#[cfg(test)]
mod tests {
    use super::has_root;

    #[test]
    fn metadata_has_an_entity_descriptor() {
        let has = |text| has_root(text, "EntityDescriptor");
        assert!(has("<EntityDescriptor entityID=\"x\"></EntityDescriptor>"));
        assert!(has(
            "<?xml version=\"1.0\"?>\n<!-- idp -->\n<md:EntityDescriptor\n a=\"b\"><x/></md:EntityDescriptor>"
        ));
        assert!(!has("EntityDescriptor"));
        assert!(!has("<EntityDescriptor>"));
        assert!(!has("</EntityDescriptor><EntityDescriptor>"));
        assert!(!has("<EntitiesDescriptor></EntitiesDescriptor>"));
        assert!(!has("<"));
    }
}
