//! Statement ids: every statement has one, and no two of a document share it.

use std::collections::BTreeSet;

use crate::{Document, Statement};

impl Document {
    /// A document whose statements all have a `Sid` of their own: one without gets `Statement`, a taken one gets a
    /// number behind it. Source: IAM User Guide, "IAM JSON policy elements: Sid": unique in a document, letters and
    /// digits.
    pub fn named(statements: impl IntoIterator<Item = Statement>) -> Self {
        let mut taken = BTreeSet::new();
        let mut document = Self::new(statements);
        for statement in &mut document.statements {
            let wanted = statement.sid.clone().filter(|sid| !sid.is_empty()).unwrap_or_else(|| "Statement".to_owned());
            let mut sid = wanted.clone();
            let mut number = 1_u32;
            while !taken.insert(sid.clone()) {
                number += 1;
                sid = [wanted.as_str(), &number.to_string()].concat();
            }
            statement.sid = Some(sid);
        }
        document
    }

    /// A document like [`Document::named`], or none where there is nothing to say: IAM refuses an empty one.
    pub fn some(statements: Vec<Statement>) -> Option<Self> {
        if statements.is_empty() { None } else { Some(Self::named(statements)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_name_gets_a_number() {
        let mut nameless = Statement::allow("", ["s3:GetObject"]).on_all();
        nameless.sid = None;
        let document = Document::named([
            Statement::allow("Read", ["s3:GetObject"]).on_all(),
            Statement::allow("Read", ["s3:PutObject"]).on_all(),
            Statement::allow("Read2", ["s3:DeleteObject"]).on_all(),
            nameless,
        ]);
        let sids: Vec<_> = document.statements.iter().filter_map(|s| s.sid.as_deref()).collect();
        assert_eq!(sids, ["Read", "Read2", "Read22", "Statement"]);
    }
}
