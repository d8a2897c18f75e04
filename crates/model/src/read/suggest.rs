//! "Did you mean …".

/// The closest of the candidates, if one is close.
pub(crate) fn closest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = wanted.chars().count();
    // A third of the characters wrong is a typo, more is another word.
    let limit = (length / 3).clamp(1, 4);
    let lower = wanted.to_lowercase();
    candidates
        .into_iter()
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= limit)
        .map(|candidate| (strsim::osa_distance(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Alternatives as a sentence has them: "`a`, `b` or `c`".
pub(crate) fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| ["`", word, "`"].concat()).collect();
    match quoted.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => [rest.join(", ").as_str(), " or ", last].concat(),
    }
}

/// Text of the user inside a message, cut where it would flood a terminal.
pub(crate) fn clip(text: &str) -> String {
    const LIMIT: usize = 120;
    if text.chars().count() <= LIMIT {
        return text.to_owned();
    }
    text.chars().take(LIMIT).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_its_word() {
        let words = ["accounts", "boundary", "access"];
        assert_eq!(closest("acounts", words), Some("accounts"));
        assert_eq!(closest("Boundary", words), Some("boundary"));
        assert_eq!(closest("bonudary", words), Some("boundary"));
        assert_eq!(closest("unit", words), None);
    }

    #[test]
    fn alternatives_read_as_a_sentence() {
        assert_eq!(one_of(["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(one_of(["a"]), "`a`");
        assert_eq!(one_of([]), "nothing");
    }

    #[test]
    fn long_text_is_cut() {
        assert_eq!(clip(&"é".repeat(200)).chars().count(), 121);
    }
}
