use std::collections::BTreeMap;

use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;

use super::*;

fn http(status: u16) -> HttpResponse {
    HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::empty())
}

fn service(status: u16, code: Option<&str>, message: &str) -> Fault {
    let mut meta = ErrorMetadata::builder().message(message);
    if let Some(code) = code {
        meta = meta.code(code);
    }
    let error = GetCallerIdentityError::generic(meta.build());
    fault("sts:GetCallerIdentity", &SdkError::service_error(error, http(status)))
}

#[test]
fn a_code_stands_in_the_table_once() {
    let mut seen = BTreeMap::new();
    let of_codes = CODES.iter().flat_map(|(kind, codes)| codes.iter().map(move |code| (*code, *kind)));
    let of_messages = MESSAGES.iter().flat_map(|(codes, _)| codes.iter().map(|code| (*code, FaultKind::Invalid)));
    for (code, kind) in of_codes.chain(of_messages) {
        assert_eq!(seen.insert(code, kind), None, "{code}");
    }
    for (_, codes) in CODES {
        assert!(codes.is_sorted(), "{codes:?}");
    }
    for (_, texts) in MESSAGES {
        assert!(texts.iter().all(|(text, _)| *text == text.to_ascii_lowercase()));
        assert_eq!(texts.last().unwrap().0, "", "every message is decided");
    }
}

#[test]
fn codes_and_messages_tell_the_kind() {
    use FaultKind::*;
    let cases = [
        ("Throttling", "Rate exceeded", 400, Throttled),
        ("ThrottlingException", "", 400, Throttled),
        ("TooManyRequestsException", "", 400, Throttled),
        ("RequestLimitExceeded", "", 503, Throttled),
        ("SlowDown", "", 503, Throttled),
        ("AlreadyExistsException", "Stack [x] already exists", 400, AlreadyExists),
        ("EntityAlreadyExists", "Role with name x already exists.", 409, AlreadyExists),
        ("ValidationError", "No updates are to be performed.", 400, NoChange),
        ("ValidationError", "Stack with id x does not exist", 400, NotFound),
        ("ValidationError", "Template format error: Unresolved resource dependencies", 400, Invalid),
        ("ValidationError", "Stack:arn:x is in UPDATE_IN_PROGRESS state and can not be updated.", 400, Conflict),
        ("ValidationError", "Stack:arn:x is in ROLLBACK_COMPLETE state and can not be updated.", 400, Invalid),
        ("ValidationError", "Role arn:x is invalid or cannot be assumed", 400, NotReady),
        ("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_NAMED_IAM]", 400, Invalid),
        ("MalformedPolicyDocument", "Invalid principal in policy: \"AWS\":\"arn:x\"", 400, NotReady),
        ("MalformedPolicyDocument", "Syntax errors in policy.", 400, Invalid),
        ("ExpiredToken", "The security token included in the request is expired", 403, Credentials),
        ("InvalidClientTokenId", "The security token included in the request is invalid.", 403, Credentials),
        ("AccessDenied", "User: arn:x is not authorized", 403, AccessDenied),
        ("AccessDeniedException", "You don't have permissions to access this resource.", 400, AccessDenied),
        ("ServiceFailure", "An error on the server occurred.", 500, Transient),
        ("SomethingNew", "odd", 400, Other),
        ("SomethingNew", "odd", 502, Transient),
        ("SomethingNew", "odd", 429, Throttled),
        ("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.", 400, NotFound),
        ("ConstraintViolationException", "You have exceeded the allowed number of AWS accounts.", 400, LimitExceeded),
        ("ConstraintViolationException", "the wait period is not over", 400, Invalid),
        ("ConcurrentModificationException", "try again", 400, Conflict),
        ("FinalizingOrganizationException", "not yet initialized", 400, NotReady),
        ("OperationInProgressException", "", 400, Conflict),
    ];
    for (code, message, status, kind) in cases {
        assert_eq!(classify(Some(code), message, Some(status)), kind, "{code}: {message}");
    }
    assert_eq!(classify(None, "<html>", Some(500)), Transient);
    assert_eq!(classify(None, "<html>", Some(403)), AccessDenied);
    assert_eq!(classify(None, "", None), Other);
}

#[test]
fn a_refusal_keeps_awss_words() {
    let fault = service(400, Some("ValidationError"), "Stack with id x does not exist");
    assert_eq!(fault.kind, FaultKind::NotFound);
    assert_eq!(fault.code.as_deref(), Some("ValidationError"));
    assert_eq!(fault.to_string(), "sts:GetCallerIdentity: ValidationError: Stack with id x does not exist");
}

#[test]
fn a_denied_call_names_the_permission() {
    let fault = service(403, Some("AccessDenied"), "no");
    assert_eq!(fault.message, "no (the permission `sts:GetCallerIdentity` is missing)");
    let fault = service(403, Some("AccessDenied"), "x is not authorized to perform: sts:GetCallerIdentity");
    assert_eq!(fault.message, "x is not authorized to perform: sts:GetCallerIdentity");
}

#[test]
fn expired_credentials_say_where_new_ones_come_from() {
    let fault = service(403, Some("ExpiredToken"), "The security token included in the request is expired");
    assert_eq!(fault.kind, FaultKind::Credentials);
    assert!(fault.message.contains("aws sso login"), "{}", fault.message);
}

#[test]
fn a_refused_signature_does_not_show_the_token() {
    let words = "The request signature we calculated does not match. The Canonical String for this request should \
                 have been 'x-amz-security-token:HIDDEN'";
    let fault = service(403, Some("SignatureDoesNotMatch"), words);
    assert_eq!(fault.kind, FaultKind::Credentials);
    assert!(!fault.message.contains("HIDDEN"), "{}", fault.message);
}

#[test]
fn an_html_page_is_transient_and_so_is_a_reset() {
    let fault = service(500, None, "");
    assert_eq!((fault.kind, fault.code), (FaultKind::Transient, None));
    assert!(fault.message.starts_with("HTTP status 500"), "{}", fault.message);
    let broken: SdkError<GetCallerIdentityError, HttpResponse> =
        SdkError::response_error("no root element".to_owned(), http(200));
    assert_eq!(super::fault("sts:X", &broken).kind, FaultKind::Transient);
    let reset: SdkError<GetCallerIdentityError, HttpResponse> =
        SdkError::dispatch_failure(ConnectorError::io("connection reset by peer".into()));
    let fault = super::fault("sts:X", &reset);
    assert_eq!(fault.kind, FaultKind::Transient);
    assert!(fault.message.contains("connection reset by peer"), "{}", fault.message);
    let late: SdkError<GetCallerIdentityError, HttpResponse> = SdkError::timeout_error("late".to_owned());
    assert_eq!(super::fault("sts:X", &late).kind, FaultKind::Transient);
}

#[test]
fn missing_credentials_are_no_network_failure() {
    let cause = CredentialsError::not_loaded("nothing in the chain");
    let error: SdkError<GetCallerIdentityError, HttpResponse> =
        SdkError::dispatch_failure(ConnectorError::other(cause.into(), None));
    let fault = super::fault("sts:X", &error);
    assert_eq!(fault.kind, FaultKind::Credentials);
    assert!(fault.message.contains("AWS_PROFILE"), "{}", fault.message);
}

#[test]
fn a_refresh_that_was_refused_keeps_its_own_fault() {
    let refused = Fault::new(FaultKind::AccessDenied, "sts:AssumeRole", "no").code("AccessDenied");
    let cause = CredentialsError::provider_error(refused.clone());
    let error: SdkError<GetCallerIdentityError, HttpResponse> =
        SdkError::dispatch_failure(ConnectorError::other(cause.into(), None));
    assert_eq!(super::fault("iam:GetRole", &error), refused);
}

#[test]
fn the_reason_of_a_constraint_is_told() {
    let body =
        r#"{"__type":"ConstraintViolationException","Message":"no","Reason":"ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED"}"#;
    let response = HttpResponse::new(StatusCode::try_from(400).unwrap(), SdkBody::from(body));
    let meta = ErrorMetadata::builder().code("ConstraintViolationException").message("no").build();
    let fault = super::fault(
        "organizations:CreateAccount",
        &SdkError::service_error(GetCallerIdentityError::generic(meta), response),
    );
    assert_eq!(fault.kind, FaultKind::LimitExceeded);
    assert_eq!(fault.message, "no (ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED)");
}
