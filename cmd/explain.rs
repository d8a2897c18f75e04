//! `landfall explain`.

use crate::error::{CommandError, Exit};
use crate::global::Format;
use crate::report::Terminal;

/// Explain a diagnostic: what it means, an example, and what to do
///
/// Codes are those that `validate` shows, such as LF2203. Without a code all of them are listed.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The code
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

/// One code.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// `LF2203`
    pub(crate) code: &'static str,
    /// What it means, in one line.
    pub(crate) meaning: &'static str,
    /// An example and what to do.
    pub(crate) body: &'static str,
}

impl Entry {
    /// All of it but the code.
    pub(crate) fn text(&self) -> String {
        format!(
            "{}{}.\n\n{}\n",
            self.meaning.get(..1).unwrap_or_default().to_uppercase(),
            self.meaning.get(1..).unwrap_or_default(),
            self.body
        )
    }
}

/// Examples and advice, a section a code.
const BODIES: &str = include_str!("explanations.md");

/// Every code, in order.
fn entries() -> impl Iterator<Item = Entry> {
    let all = [
        landfall_model::codes::ALL,
        landfall_plan::codes::ALL,
        landfall_stacks::codes::ALL,
        landfall_policies::lint::codes::ALL,
    ];
    all.into_iter().flatten().map(|(code, meaning)| Entry { code: code.0, meaning, body: body(code.0) })
}

fn body(code: &str) -> &'static str {
    let section = BODIES.split("\n## ").find(|section| section.starts_with(code)).unwrap_or_default();
    section.split_once('\n').map_or("", |(_, body)| body.trim())
}

/// What is known of a code, without regard to case.
pub(crate) fn entry(code: &str) -> Option<Entry> {
    entries().find(|entry| entry.code.eq_ignore_ascii_case(code))
}

/// Explains.
pub(crate) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, CommandError> {
    let Some(code) = &args.code else {
        let list: String = entries().map(|entry| format!("{}  {}\n", entry.code, entry.meaning)).collect();
        terminal.data(&list)?;
        return Ok(Exit::Done);
    };
    let Some(entry) = entry(code) else {
        return Err(CommandError::usage(format!("there is no diagnostic `{code}`"))
            .hint("`landfall explain` without a code lists all of them"));
    };
    let text = match terminal.format {
        Format::Json => {
            let value = serde_json::json!({ "code": entry.code, "meaning": entry.meaning, "text": entry.body });
            format!("{value:#}\n")
        }
        Format::Markdown => format!("## {}\n\n{}", entry.code, entry.text()),
        Format::Human | Format::Sarif => format!("{}: {}", entry.code, entry.text()),
    };
    terminal.data(&text)?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_code_is_explained_once() {
        let codes: Vec<&str> = entries().map(|entry| entry.code).collect();
        let out_of_order = codes.windows(2).find(|pair| pair[0] >= pair[1]);
        assert_eq!(out_of_order, None, "a code stands for two things, or before a lower one");
        let unique: BTreeSet<&str> = codes.into_iter().collect();
        let missing: Vec<&str> = entries().filter(|entry| entry.body.len() < 40).map(|entry| entry.code).collect();
        assert!(missing.is_empty(), "{missing:?} have no explanation");
        let sections = BODIES.split("\n## ").skip(1).map(|section| section.lines().next().unwrap_or_default());
        let left_over: Vec<&str> = sections.filter(|code| !unique.contains(code)).collect();
        assert!(left_over.is_empty(), "{left_over:?} are explained and do not exist");
    }

    /// `UPDATE_EXPECT=1` writes the page.
    #[test]
    fn the_catalogue_of_diagnostics_is_up_to_date() {
        let mut page = String::from(
            "# Diagnostics\n\nWhat `landfall validate` can say; `landfall explain CODE` says the same. The first two digits are \
             the group: `LF0` is what the reader finds, `LF1` what the templates show, `LF2` what the linter finds and \
             `accept:` can accept.\n",
        );
        for entry in entries() {
            page.push_str(&format!("\n## {}\n\n{}", entry.code, entry.text()));
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diagnostics.md");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&path, &page).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), page);
    }
}
