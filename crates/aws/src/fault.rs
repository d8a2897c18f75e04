//! What the SDK reports → a fault in AWS's own words.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use landfall_engine::{Fault, FaultKind};

/// Codes whose meaning does not hang on the message. Sources: the error lists of the CloudFormation, IAM, Organizations
/// and STS API references, "Common errors" in each, and the SDKs' list of throttling codes.
const CODES: &[(FaultKind, &[&str])] = &[
    (
        FaultKind::Throttled,
        &[
            "BandwidthLimitExceeded",
            "EC2ThrottledException",
            "PriorRequestNotComplete",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "RequestThrottled",
            "RequestThrottledException",
            "SlowDown",
            "ThrottledException",
            "Throttling",
            "ThrottlingException",
            "TooManyRequestsException",
        ],
    ),
    (
        FaultKind::Transient,
        &[
            "HandlerInternalFailure",
            "IDPCommunicationError",
            "InternalError",
            "InternalFailure",
            "InternalServerError",
            "InternalServerException",
            "InternalServiceError",
            "RequestTimeout",
            "RequestTimeoutException",
            "ServiceException",
            "ServiceFailure",
            "ServiceUnavailable",
            "ServiceUnavailableException",
        ],
    ),
    (
        FaultKind::NotReady,
        &[
            "EntityTemporarilyUnmodifiable",
            "FinalizingOrganizationException",
            "OptInRequired",
            "PolicyTypeNotEnabledException",
            "SubscriptionRequiredException",
        ],
    ),
    (
        FaultKind::AccessDenied,
        &[
            "AccessDenied",
            "AccessDeniedException",
            "AccessDeniedForDependencyException",
            "NotAuthorized",
            "UnauthorizedOperation",
        ],
    ),
    (
        FaultKind::Credentials,
        &[
            "AuthFailure",
            "ExpiredToken",
            "ExpiredTokenException",
            "IncompleteSignature",
            "IncompleteSignatureException",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "InvalidToken",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "RequestExpired",
            "RequestTimeTooSkewed",
            "SignatureDoesNotMatch",
            "TokenRefreshRequired",
            "UnrecognizedClientException",
        ],
    ),
    (
        FaultKind::NotFound,
        &[
            "AWSOrganizationsNotInUseException",
            "AccountNotFoundException",
            "ChangeSetNotFound",
            "ChangeSetNotFoundException",
            "ChildNotFoundException",
            "CreateAccountStatusNotFoundException",
            "DestinationParentNotFoundException",
            "NoSuchEntity",
            "NoSuchEntityException",
            "OrganizationalUnitNotFoundException",
            "ParentNotFoundException",
            "PolicyNotAttachedException",
            "PolicyNotFoundException",
            "ResourceNotFoundException",
            "RootNotFoundException",
            "SourceParentNotFoundException",
            "StackNotFoundException",
            "TargetNotFoundException",
        ],
    ),
    (
        FaultKind::AlreadyExists,
        &[
            "AlreadyExistsException",
            "AlreadyInOrganizationException",
            "DuplicateAccountException",
            "DuplicateOrganizationalUnitException",
            "DuplicatePolicyAttachmentException",
            "DuplicatePolicyException",
            "EntityAlreadyExists",
            "EntityAlreadyExistsException",
            "PolicyTypeAlreadyEnabledException",
            "TokenAlreadyExistsException",
        ],
    ),
    (FaultKind::LimitExceeded, &["LimitExceeded", "LimitExceededException"]),
    (
        FaultKind::Conflict,
        &[
            "ConcurrentModification",
            "ConcurrentModificationException",
            "DeleteConflict",
            "DeleteConflictException",
            "InvalidChangeSetStatus",
            "InvalidChangeSetStatusException",
            "OperationInProgressException",
            "PolicyChangesInProgressException",
        ],
    ),
    (
        FaultKind::Invalid,
        &[
            "InsufficientCapabilities",
            "InsufficientCapabilitiesException",
            "InvalidAction",
            "InvalidInput",
            "InvalidInputException",
            "InvalidOperationException",
            "InvalidParameterCombination",
            "InvalidParameterValue",
            "MissingParameter",
            "PolicyInUseException",
            "PolicyNotAttachable",
            "PolicyTypeNotAvailableForOrganizationException",
            "RegionDisabledException",
            "UnmodifiableEntity",
            "UnsupportedAPIEndpointException",
            "UnsupportedOperation",
            "UnsupportedOperationException",
        ],
    ),
];

/// A text of a message, and what it means.
type Hint = (&'static str, FaultKind);

/// Codes that say nothing by themselves: the first text that the message contains decides, in any case of letters. An
/// empty text is what holds otherwise.
const MESSAGES: &[(&[&str], &[Hint])] = &[
    (
        &["ValidationError", "ValidationException"],
        &[
            ("no updates are to be performed", FaultKind::NoChange),
            ("didn't contain changes", FaultKind::NoChange),
            ("rate exceeded", FaultKind::Throttled),
            ("does not exist", FaultKind::NotFound),
            ("cannot be assumed", FaultKind::NotReady),
            ("_in_progress state", FaultKind::Conflict),
            ("", FaultKind::Invalid),
        ],
    ),
    (
        &["MalformedPolicyDocument", "MalformedPolicyDocumentException"],
        &[("invalid principal", FaultKind::NotReady), ("", FaultKind::Invalid)],
    ),
    (
        &["ConstraintViolationException", "ConstraintViolation"],
        &[("limit", FaultKind::LimitExceeded), ("exceed", FaultKind::LimitExceeded), ("", FaultKind::Invalid)],
    ),
];

/// What sort of refusal an answer is. `status` is HTTP's.
pub(crate) fn classify(code: Option<&str>, message: &str, status: Option<u16>) -> FaultKind {
    let by_code = code.and_then(|code| {
        let of_table = CODES.iter().find(|(_, codes)| codes.contains(&code)).map(|(kind, _)| *kind);
        of_table.or_else(|| by_message(code, message))
    });
    by_code.unwrap_or(match status {
        Some(429) => FaultKind::Throttled,
        Some(500..) => FaultKind::Transient,
        Some(403) => FaultKind::AccessDenied,
        _ => FaultKind::Other,
    })
}

fn by_message(code: &str, message: &str) -> Option<FaultKind> {
    let (_, texts) = MESSAGES.iter().find(|(codes, _)| codes.contains(&code))?;
    let message = message.to_ascii_lowercase();
    texts.iter().find(|(text, _)| message.contains(text)).map(|(_, kind)| *kind)
}

/// A failed call as a fault.
pub(crate) fn fault<E>(operation: &str, error: &SdkError<E, HttpResponse>) -> Fault
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::ServiceError(context) => {
            let meta = context.err().meta();
            let status = context.raw().status().as_u16();
            let spoken = meta.message().filter(|text| !text.is_empty());
            let mut words = spoken.map_or_else(|| unreadable(status, context.err()), ToOwned::to_owned);
            if let Some(reason) = reason(context.raw().body().bytes()).filter(|reason| !words.contains(reason.as_str()))
            {
                words.push_str(&format!(" ({reason})"));
            }
            let request_id = error.request_id().or_else(|| meta.request_id()).map(ToOwned::to_owned);
            match meta.code() {
                Some(code) => answered(operation, Some(code), &words, Some(status), request_id),
                // An answer without a code came from something in between, or is not one of this service.
                None if status < 400 => Fault { request_id, ..Fault::new(FaultKind::Transient, operation, words) },
                None => answered(operation, None, &words, Some(status), request_id),
            }
        }
        SdkError::ResponseError(context) => {
            let status = context.raw().status().as_u16();
            let request_id = error.request_id().map(ToOwned::to_owned);
            Fault { request_id, ..Fault::new(FaultKind::Transient, operation, unreadable(status, error)) }
        }
        SdkError::TimeoutError(_) => Fault::new(FaultKind::Transient, operation, "no answer in time"),
        SdkError::ConstructionFailure(_) => unsent(FaultKind::Invalid, operation, error),
        _ => unsent(FaultKind::Transient, operation, error),
    }
}

/// A refusal that AWS spelled out.
fn answered(
    operation: &str,
    code: Option<&str>,
    message: &str,
    status: Option<u16>,
    request_id: Option<String>,
) -> Fault {
    let kind = classify(code, message, status);
    Fault {
        kind,
        operation: operation.to_owned(),
        code: code.map(ToOwned::to_owned),
        message: explained(kind, operation, without_signature(message)),
        request_id,
    }
}

/// Organizations says in a field of its own which of its many constraints a `ConstraintViolationException` is about,
/// such as `ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED`.
fn reason(body: Option<&[u8]>) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(body?).ok()?;
    body.get("Reason")?.as_str().map(ToOwned::to_owned)
}

/// A call that never got an answer: no credentials, or else what `kind` says.
fn unsent(kind: FaultKind, operation: &str, error: &(dyn Error + 'static)) -> Fault {
    if let Some(fault) = sources(error).find_map(|source| source.downcast_ref::<Fault>()) {
        return fault.clone();
    }
    match sources(error).find(|source| source.is::<CredentialsError>()) {
        Some(source) => {
            let message = explained(FaultKind::Credentials, operation, &chain(source));
            Fault::new(FaultKind::Credentials, operation, message)
        }
        None => Fault::new(kind, operation, chain(error)),
    }
}

/// The message with what AWS leaves unsaid: the permission that is missing, or where credentials come from.
fn explained(kind: FaultKind, operation: &str, message: &str) -> String {
    match kind {
        FaultKind::AccessDenied if !message.contains(operation) => {
            format!("{message} (the permission `{operation}` is missing)")
        }
        FaultKind::Credentials => format!(
            "{message} (give fresh credentials, as for the AWS CLI: `aws sso login`, AWS_PROFILE, or \
             AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN)"
        ),
        _ => message.to_owned(),
    }
}

/// A refused signature is answered with the whole signed request, session token included: that part is cut.
fn without_signature(message: &str) -> &str {
    message.split("The Canonical String").next().unwrap_or_default().trim_end()
}

fn unreadable(status: u16, error: &(dyn Error + 'static)) -> String {
    format!("HTTP status {status} with an answer that cannot be read ({})", chain(error))
}

/// An error and all its sources in one line, each said once.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut words: Vec<String> = Vec::new();
    for text in sources(error).map(ToString::to_string) {
        if !words.iter().any(|said| said.contains(&text)) {
            words.push(text);
        }
    }
    words.join(": ")
}

/// An error, its source, the source's source and so on.
fn sources<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

#[cfg(test)]
mod tests;
