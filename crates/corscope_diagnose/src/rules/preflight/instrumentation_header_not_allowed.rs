use corscope_fetch::{Cause, Fault};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{first_preflight, lacking, with_complete_lists};
use crate::sight::Sight;

rule!(
    "instrumentation-header-not-allowed",
    Preflight,
    Refusal,
    "instrumentation_header_not_allowed.md",
    "a tracing library adds a request header that the server does not allow",
    Finds::Faults(&["acah_header_missing"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    first_preflight(sight, fault)?;
    let Cause::AcahHeaderMissing { name } = &fault.cause else {
        return None;
    };
    let tool = tool(str::from_utf8(name).ok()?)?;
    let mut lacking = lacking(sight, fault);
    lacking.names.retain(|name| self::tool(name).is_some());
    let (names, are) = match lacking.names.len() {
        1 => ("header", "is"),
        _ => ("headers", "are"),
    };
    let found = Explanation::new(
        Who::Client,
        format!(
            "tracing {names} {} {are} not allowed by the server",
            lacking.quoted_names()
        ),
    )
    .note(format!(
        "Your own code most likely does not set it: {} does, in every request of the page.",
        tool.0
    ))
    .narrow(Who::Client, tool.1);
    Some(with_complete_lists(found, sight, fault))
}

/// The tool that adds a header, and how it is told where to.
fn tool(name: &str) -> Option<(&'static str, &'static str)> {
    let starts = |with: &str| name.starts_with(with);
    Some(match name {
        "sentry-trace" | "baggage" => (
            "the Sentry SDK, or OpenTelemetry,",
            "name only your own servers in Sentry's `tracePropagationTargets`, or in OpenTelemetry's \
             `propagateTraceHeaderCorsUrls`",
        ),
        "traceparent" | "tracestate" => (
            "OpenTelemetry, or another tracing library,",
            "name only your own servers in OpenTelemetry's `propagateTraceHeaderCorsUrls`, or where \
             your library lists its propagation targets",
        ),
        "newrelic" | "x-newrelic-id" => (
            "the New Relic agent",
            "name only your own servers in New Relic's `distributed_tracing.allowed_origins`",
        ),
        "request-id" | "request-context" => (
            "Application Insights",
            "name this server in Application Insights' `correlationHeaderExcludedDomains`",
        ),
        "uber-trace-id" => ("Jaeger", LIMIT),
        "b3" => ("Zipkin", LIMIT),
        "x-amzn-trace-id" => ("AWS X-Ray", LIMIT),
        "x-cloud-trace-context" => ("Google Cloud Trace", LIMIT),
        _ if starts("x-datadog-") => (
            "Datadog RUM",
            "name only your own servers in Datadog's `allowedTracingUrls`",
        ),
        _ if starts("x-b3-") => ("Zipkin", LIMIT),
        _ if starts("x-instana-") => ("Instana", LIMIT),
        _ if starts("x-dynatrace") || name == "x-dtpc" => ("Dynatrace", LIMIT),
        _ if starts("elastic-apm-") => (
            "the Elastic APM agent",
            "name only your own servers in Elastic APM's `distributedTracingOrigins`",
        ),
        _ => return None,
    })
}

const LIMIT: &str = "let the tracing library add its headers to requests to your own servers only";
