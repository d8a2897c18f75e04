//! The head of a file that was written, and what it tells of a file that is there.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

const BEGINNING: &str = "# Written by `landfall workflow`, ";
const REST: &str =
    "# A change by hand is lost when it is written anew: change `automation:` in the configuration instead.\n\n";

/// How a file that is there stands to the one that would be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It is not there.
    Missing,
    /// It is the same.
    Same,
    /// Landfall wrote it for another configuration or in another version, and nobody changed it since.
    Outdated,
    /// Landfall wrote it, and somebody changed it by hand.
    Edited,
    /// Landfall did not write it.
    Foreign,
}

impl Standing {
    /// Whether something of somebody's own would be lost.
    pub fn is_somebodys(self) -> bool {
        matches!(self, Self::Edited | Self::Foreign)
    }
}

/// Puts the head before a workflow.
pub(crate) fn stamped(body: &str) -> String {
    [BEGINNING, &digest(body), "\n", REST, body].concat()
}

/// How a file stands to what would be written. Line ends do not count: git may have changed them.
pub fn standing(there: Option<&str>, wanted: &str) -> Standing {
    let Some(there) = there else { return Standing::Missing };
    let there = there.replace("\r\n", "\n");
    if there == wanted {
        return Standing::Same;
    }
    let Some(rest) = there.strip_prefix(BEGINNING) else { return Standing::Foreign };
    let ours = rest.split_once('\n').and_then(|(said, rest)| Some((said, rest.strip_prefix(REST)?)));
    match ours {
        Some((said, body)) if said == digest(body) => Standing::Outdated,
        _ => Standing::Edited,
    }
}

fn digest(body: &str) -> String {
    let mut out = String::from("sha256:");
    for byte in Sha256::digest(body.as_bytes()) {
        write!(out, "{byte:02x}").ok();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_tells_whether_somebody_changed_it() {
        let wanted = stamped("name: a\n");
        assert_eq!(standing(None, &wanted), Standing::Missing);
        assert_eq!(standing(Some(&wanted), &wanted), Standing::Same);
        assert_eq!(standing(Some(&wanted.replace('\n', "\r\n")), &wanted), Standing::Same);
        let older = stamped("name: b\n");
        assert_eq!(standing(Some(&older), &wanted), Standing::Outdated);
        assert_eq!(standing(Some(&older.replace('\n', "\r\n")), &wanted), Standing::Outdated);
        assert_eq!(standing(Some(&older.replace("name: b", "name: mine")), &wanted), Standing::Edited);
        assert_eq!(standing(Some(&older.replace("A change", "No change")), &wanted), Standing::Edited);
        assert_eq!(standing(Some("name: mine\n"), &wanted), Standing::Foreign);
        assert_eq!(standing(Some(""), &wanted), Standing::Foreign);
        let lost = [Standing::Edited, Standing::Foreign];
        for one in [Standing::Missing, Standing::Same, Standing::Outdated, Standing::Edited, Standing::Foreign] {
            assert_eq!(one.is_somebodys(), lost.contains(&one));
        }
    }
}
