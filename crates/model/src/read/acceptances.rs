//! `accept:`

use crate::read::context::Context;
use crate::read::fields::Fields;
use crate::read::node::Node;
use crate::read::scalar::{each, text};
use crate::read::suggest::clip;
use crate::{Acceptance, Day, Diagnostic, codes};

pub(crate) fn read(cx: &mut Context<'_>, node: Option<&Node>) -> Vec<Acceptance> {
    node.map(|node| each(cx, node, acceptance)).unwrap_or_default()
}

fn acceptance(cx: &mut Context<'_>, node: &Node) -> Option<Acceptance> {
    let mut fields = Fields::of(cx, node, "an accepted finding")?;
    let code_node = fields.required("code", "write the finding's code, such as `LF2203`");
    let subject = fields.required("where", "write the name of the role or item, or the file, that it is found at");
    let reason = fields.required("reason", "say why it is right, for whoever asks next year");
    let until = fields.required("until", "write the day on which to look again: `until: 2027-03-31`");
    let code = code_node.and_then(|node| code(cx, node));
    let subject = subject.and_then(|node| text(cx, node).map(str::to_owned));
    let reason = reason.and_then(|node| filled(cx, node));
    let until = until.and_then(|node| day(cx, node));
    fields.finish(cx);
    Some(Acceptance { code: code?, subject: subject?, reason: reason?, until: until?, place: code_node?.place })
}

fn code(cx: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = text(cx, node)?;
    let digits = text.strip_prefix("LF2").unwrap_or_default();
    if digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit()) {
        return Some(text.to_owned());
    }
    cx.report(
        Diagnostic::error(
            codes::IDENTIFIER,
            node.place,
            format!("`{}` is no finding that can be accepted", clip(text)),
        )
        .help("only what the linter finds can be: codes that begin with `LF2`"),
    );
    None
}

fn filled(cx: &mut Context<'_>, node: &Node) -> Option<String> {
    let text = text(cx, node)?;
    if text.trim().is_empty() {
        cx.report(
            Diagnostic::error(codes::WRONG_TYPE, node.place, "a reason is wanted here, and this is nothing")
                .help("say why it is right, for whoever asks next year"),
        );
        return None;
    }
    Some(text.to_owned())
}

fn day(cx: &mut Context<'_>, node: &Node) -> Option<Day> {
    let text = text(cx, node)?;
    let day = Day::new(text);
    if day.is_none() {
        cx.report(
            Diagnostic::error(codes::TIME, node.place, format!("`{}` is no day", clip(text)))
                .help("write it as `2027-03-31`"),
        );
    }
    day
}
