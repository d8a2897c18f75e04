//! The answer of `DetectStackResourceDrift`. Source: CloudFormation API, `StackResourceDrift`, `PropertyDifference`.

use aws_sdk_cloudformation::types::{DifferenceType, StackResourceDrift, StackResourceDriftStatus};
use landfall_plan::{PropertyDifference, ResourceState};
use serde_json::Value;

/// How a resource stands.
pub(super) fn resource_state(drift: Option<StackResourceDrift>) -> ResourceState {
    let Some(drift) = drift else {
        return ResourceState::NotChecked("the answer says nothing".to_owned());
    };
    match drift.stack_resource_drift_status {
        Some(StackResourceDriftStatus::InSync) => ResourceState::InSync,
        Some(StackResourceDriftStatus::Deleted) => ResourceState::Deleted,
        Some(StackResourceDriftStatus::Modified) => {
            let difference = |found: &aws_sdk_cloudformation::types::PropertyDifference| {
                let added = found.difference_type == Some(DifferenceType::Add);
                let removed = found.difference_type == Some(DifferenceType::Remove);
                PropertyDifference {
                    path: found.property_path.clone().unwrap_or_default(),
                    desired: if added { Value::Null } else { value(found.expected_value.as_deref()) },
                    live: if removed { Value::Null } else { value(found.actual_value.as_deref()) },
                }
            };
            ResourceState::Modified(drift.property_differences.iter().flatten().map(difference).collect())
        }
        Some(other) => ResourceState::NotChecked(["CloudFormation says ", other.as_str()].concat()),
        None => ResourceState::NotChecked("the answer carries no status".to_owned()),
    }
}

/// Values come as JSON or as bare text.
fn value(text: Option<&str>) -> Value {
    let text = text.unwrap_or_default();
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudformation::types::PropertyDifference as Found;
    use aws_smithy_types::DateTime;
    use serde_json::json;

    use super::*;

    fn drift(status: StackResourceDriftStatus, found: Option<Found>) -> StackResourceDrift {
        StackResourceDrift::builder()
            .stack_id("s")
            .logical_resource_id("Topic")
            .resource_type("AWS::SNS::Topic")
            .stack_resource_drift_status(status)
            .set_property_differences(found.map(|found| vec![found]))
            .timestamp(DateTime::from_secs(0))
            .build()
    }

    fn found(kind: DifferenceType) -> Found {
        Found::builder()
            .property_path("/Subscription/0")
            .expected_value(r#"{"Protocol":"email"}"#)
            .actual_value("gone")
            .difference_type(kind)
            .build()
    }

    #[test]
    fn every_status_is_read() {
        for (status, wanted) in [
            (StackResourceDriftStatus::InSync, ResourceState::InSync),
            (StackResourceDriftStatus::Deleted, ResourceState::Deleted),
            (StackResourceDriftStatus::Modified, ResourceState::Modified(Vec::new())),
            (
                StackResourceDriftStatus::NotChecked,
                ResourceState::NotChecked("CloudFormation says NOT_CHECKED".to_owned()),
            ),
        ] {
            assert_eq!(resource_state(Some(drift(status, None))), wanted);
        }
        assert!(matches!(resource_state(None), ResourceState::NotChecked(_)));
    }

    #[test]
    fn differences_have_both_sides() {
        for (kind, desired, live) in [
            (DifferenceType::NotEqual, json!({ "Protocol": "email" }), json!("gone")),
            (DifferenceType::Remove, json!({ "Protocol": "email" }), Value::Null),
            (DifferenceType::Add, Value::Null, json!("gone")),
        ] {
            let state = resource_state(Some(drift(StackResourceDriftStatus::Modified, Some(found(kind)))));
            let path = "/Subscription/0".to_owned();
            assert_eq!(state, ResourceState::Modified(vec![PropertyDifference { path, desired, live }]));
        }
    }
}
