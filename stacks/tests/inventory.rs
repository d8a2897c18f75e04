//! Names that cannot be given.

use landfall_model::{Code, load_files};

use crate::{codes, synthesize};

fn found(items: &str) -> Vec<(Code, String)> {
    let text = [
        "version: 1\norganization: { name: acme, home_region: eu-west-1, management_account: management, units: [w] }\n\
         accounts:\n  management: { id: \"111111111111\", email: aws@acme.example }\n  app: { email: aws+app@acme.example, unit: w }\n\
         boundaries:\n  workload: { services: [s3, batch, ecs, logs] }\n",
        items,
    ]
    .concat();
    let loaded = load_files(&[("landfall.yaml".to_owned(), text.into_bytes())].into());
    assert!(!loaded.diagnostics.has_errors(), "{:?}", loaded.diagnostics);
    let diagnostics = synthesize(loaded.foundation.as_ref().unwrap()).diagnostics;
    diagnostics.sorted().iter().map(|one| (one.code, one.message.clone())).collect()
}

const METAFLOW: &str = "accounts: [app], boundary: workload, datastore: { bucket: acme-flow }";

#[test]
fn roles_are_not_named_as_service_linked_roles_are() {
    let found = found(&format!("metaflow:\n  - {{ name_prefix: AWSServiceRoleForFlow, {METAFLOW} }}\n"));
    assert_eq!(found.len(), 1, "once is enough: {found:?}");
    assert_eq!(found[0].0, codes::LINKED_NAME);
    assert!(found[0].1.starts_with("role `awsserviceroleforflow-batch-"), "{found:?}");
}
