//! Answers that AWS gives when it does not do what was asked, in the protocol of the request.

use super::http::{Request, Response};

/// Too many requests. Source: each API's "Common errors"; Organizations speaks awsJson, the others awsQuery.
pub(super) fn throttled(request: &Request) -> Response {
    if json(request) {
        return refusal(
            request,
            400,
            "TooManyRequestsException",
            "You have sent too many requests in too short a time",
        );
    }
    refusal(request, 400, "Throttling", "Rate exceeded")
}

/// The service failed.
pub(super) fn failure(request: &Request) -> Response {
    if json(request) {
        return refusal(request, 500, "ServiceException", "AWS Organizations can't complete your request");
    }
    refusal(request, 500, "InternalFailure", "The request processing has failed")
}

/// There is no such operation. Source: IAM API, "Common errors".
pub(super) fn unknown(request: &Request) -> Response {
    refusal(request, 400, "InvalidAction", "The action or operation requested is invalid")
}

/// A load balancer's page, which is no answer of any protocol.
pub(super) fn page() -> Response {
    Response::new(503, "text/html", "<html><body><h1>503 Service Unavailable</h1></body></html>".to_owned())
}

fn json(request: &Request) -> bool {
    request.header("x-amz-target").is_some()
}

fn refusal(request: &Request, status: u16, code: &str, message: &str) -> Response {
    if json(request) {
        let body = serde_json::json!({ "__type": code, "Message": message });
        return Response::new(status, "application/x-amz-json-1.1", body.to_string());
    }
    let body = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>00000000-0000-4000-8000-000000000000</RequestId></ErrorResponse>"
    );
    Response::new(status, "text/xml", body)
}
