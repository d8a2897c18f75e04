//! Where the parts of the user's policies stand.

use std::collections::{BTreeMap, HashMap};

use crate::Place;

/// The places of what stands inside of policy documents and statements, so that what is wrong with one action is told
/// where that action stands.
///
/// A part is named by a path such as `Statement[0].Action[1]` or `Statement[2].Condition.StringEquals.aws:username`,
/// compared without regard to case. A single statement is a document of one; a single value is a list of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextPlaces {
    texts: HashMap<Place, BTreeMap<String, Place>>,
}

impl TextPlaces {
    /// Takes a part in. `text` is the place of the whole, as its `PolicyText` has it.
    pub(crate) fn insert(&mut self, text: Place, path: &str, place: Place) {
        self.texts.entry(text).or_default().insert(path.to_ascii_lowercase(), place);
    }

    /// Where a part stands, or the closest part around it that is known, or the whole.
    pub fn find(&self, text: Place, path: &str) -> Place {
        let Some(parts) = self.texts.get(&text) else { return text };
        let path = path.to_ascii_lowercase();
        let mut rest = path.as_str();
        loop {
            if let Some(place) = parts.get(rest) {
                return *place;
            }
            match rest.rfind(['.', '[']) {
                Some(cut) => rest = rest.get(..cut).unwrap_or_default(),
                None => return text,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::read::tests::trial;
    use crate::{BoundaryContent, Place, load_files};

    fn shown(sources: &crate::Sources, place: Place) -> &str {
        &sources.get(place.file).unwrap().text[place.range()]
    }

    #[test]
    fn parts_of_a_statement_have_their_places() {
        let loaded = trial::with(
            "services:
  - name: web
    service: ec2
    accounts: [app]
    boundary: workload
    statements:
      - Effect: Allow
        Action: [\"s3:GetObject\", \"s3:Nothing\"]
        Resource: '*'
        Condition: { StringEquals: { aws:username: alice } }
",
        );
        let foundation = loaded.foundation.unwrap();
        let text = foundation.services[0].access.statements[0].place;
        let at = |path| shown(&loaded.sources, loaded.texts.find(text, path));
        assert_eq!(at("Statement[0].Action[1]"), "\"s3:Nothing\"");
        assert_eq!(at("Statement[0].Resource[0]"), "'*'");
        assert_eq!(at("Statement[0].Condition.stringequals.AWS:username"), "aws:username");
        assert_eq!(at("Statement[0].Condition.StringEquals.aws:username[0]"), "alice");
        assert_eq!(at("Statement[0].Action[7]"), "[\"s3:GetObject\", \"s3:Nothing\"]");
    }

    #[test]
    fn parts_of_a_file_stand_in_the_file() {
        let policy = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": { \"Effect\": \"Allow\",\n    \"Action\": \"s3:Ä\\\"x\",\n    \"Resource\": [\"*\", \"b\"] } }";
        let mut files = trial::base();
        let main = String::from_utf8(files["landfall.yaml"].clone()).unwrap();
        let main = main.replace("workload: { services: [s3, logs] }", "workload: { policy: p.json }");
        files.insert("landfall.yaml".to_owned(), main.into_bytes());
        files.insert("p.json".to_owned(), policy.as_bytes().to_vec());
        let loaded = load_files(&files);
        let foundation = loaded.foundation.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
        let BoundaryContent::Policy(text) = &foundation.boundaries[0].content else { panic!("no policy") };
        let at = |path| shown(&loaded.sources, loaded.texts.find(text.place, path));
        assert_eq!(at("Statement[0].Action[0]"), "\"s3:Ä\\\"x\"");
        assert_eq!(at("Statement[0].Resource[1]"), "\"b\"");
        assert_eq!(at("Statement[0].Effect"), "\"Allow\"");
    }
}
