//! Fills a workflow in. A mark is a comment at the end of a line, and stands for the line's whole value or for a block:
//!
//! ```yaml
//!     runs-on: ubuntu-24.04 # landfall: runner
//!   remediate: # landfall: when remediate
//! ```
//!
//! `# landfall: KEY` puts the key's value in the place of the one that stands there, or leaves the line out where the
//! configuration has none. `# landfall: when CONDITION` keeps the line and all that is indented below it, or leaves it
//! out. The mark itself goes. Everything else is copied byte by byte.

use crate::values::{Condition, Key, Values};

const MARK: &str = " # landfall: ";

/// A mark that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of a workflow's source has a mark that means nothing: `{text}`; this is a mistake in Landfall")]
pub struct FillError {
    /// Counted from 1.
    pub line: usize,
    /// The line.
    pub text: String,
}

/// The text of a workflow with every mark gone.
pub(crate) fn fill(source: &str, values: &Values) -> Result<String, FillError> {
    let mut out = String::with_capacity(source.len());
    let mut left_out: Option<usize> = None;
    for (index, line) in source.lines().enumerate() {
        if let Some(indent) = left_out {
            if line.trim().is_empty() || indentation(line) > indent {
                continue;
            }
            // What follows a job that is left out is kept a line away from what stands before it.
            left_out = None;
        }
        let misread = || FillError { line: index + 1, text: line.to_owned() };
        let Some((before, mark)) = line.split_once(MARK) else {
            out.push_str(line);
            out.push('\n');
            continue;
        };
        if let Some(word) = mark.strip_prefix("when ") {
            if values.holds(Condition::named(word).ok_or_else(misread)?) {
                out.push_str(before);
                out.push('\n');
            } else {
                left_out = Some(indentation(line));
            }
            continue;
        }
        let key = Key::named(mark).ok_or_else(misread)?;
        if let Some(value) = values.get(key) {
            out.push_str(before.get(..value_start(before).ok_or_else(misread)?).unwrap_or_default());
            out.push_str(&scalar(&value));
            out.push('\n');
        }
    }
    // A job left out at the end leaves its empty line behind.
    out.truncate(out.trim_end().len());
    out.push('\n');
    Ok(out)
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Where the value of a line begins: behind `key: `, or behind the `- ` of a list.
fn value_start(line: &str) -> Option<usize> {
    let mut at = indentation(line);
    if line.get(at..)?.starts_with("- ") {
        at += 2;
    }
    let rest = line.get(at..)?;
    let key = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || b"_-".contains(b)).count();
    if key > 0 && rest.get(key..)?.starts_with(": ") {
        at += key + 2;
    }
    (indentation(line) < at && at < line.len()).then_some(at)
}

/// A value as a YAML scalar that means this text and nothing else, at GitHub too: `${{` would begin an expression.
fn scalar(value: &str) -> String {
    let value = value.replace("${{", "${{ '${{' }}");
    let plain = value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./:@".contains(&b))
        && value.starts_with(|c: char| c.is_ascii_alphabetic())
        && !value.ends_with(':')
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&value.to_lowercase().as_str());
    if plain || value == "." {
        return value;
    }
    let mut out = String::from("\"");
    for c in value.chars() {
        if c == '"' || c == '\\' {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

#[cfg(test)]
#[path = "fill_tests.rs"]
mod tests;
