//! The JSON Schema of the configuration, for editors and other tools.
//!
//! The reader is the truth: it says more, and says it better. The tests hold the schema against it, key by key and word
//! by word.

/// Draft 2020-12, for the main file.
const SCHEMA: &str = include_str!("../schema.json");

/// Which of the configuration's files a schema is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaOf {
    /// `landfall.yaml`
    Configuration,
    /// `accounts/NAME.yaml`
    Account,
    /// `teams/NAME.yaml`
    Team,
}

/// The schema of a file. All have the same definitions and begin with different ones.
pub fn schema(of: SchemaOf) -> String {
    let first = match of {
        SchemaOf::Configuration => return SCHEMA.to_owned(),
        SchemaOf::Account => "\"$ref\": \"#/$defs/accountFile\"",
        SchemaOf::Team => "\"$ref\": \"#/$defs/team\"",
    };
    SCHEMA.replacen("\"$ref\": \"#/$defs/configuration\"", first, 1)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn each_file_has_its_own_beginning() {
        for (of, first) in [
            (SchemaOf::Configuration, "#/$defs/configuration"),
            (SchemaOf::Account, "#/$defs/accountFile"),
            (SchemaOf::Team, "#/$defs/team"),
        ] {
            let schema: Value = serde_json::from_str(&schema(of)).unwrap();
            assert_eq!(schema["$ref"], first);
            let name = first.trim_start_matches("#/$defs/");
            assert!(schema["$defs"][name]["properties"].is_object());
        }
    }
}
