use corscope_fetch::policy::Policy;

use super::literal::java;
use super::plan::{Lines, Plan, listed};
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "spring",
    aliases: &["spring-boot", "spring-mvc", "spring-security"],
    title: "Spring MVC and Spring Security",
    kind: StackKind::Framework,
    assurance: Assurance::Rendered,
    language: "java",
    file: "CorsPolicy.java, beside your application class",
    place: "the whole class; with Spring Security, the chain needs its http.cors line, too",
    pitfalls: &[
        "@CrossOrigin and addCorsMappings stand behind Spring Security: without http.cors(), it \
         answers preflights with 401",
        "a refused request is answered with 403 and the text Invalid CORS request",
        "`*` as an allowed origin throws with credentials; allowedOriginPatterns(\"*\") lets every \
         site in",
        "Spring Cloud Gateway in front of a service that has CORS, too, doubles the headers: \
         DedupeResponseHeader, or CORS in one of them",
        "permitAll for OPTIONS lets preflights by, but gives them no headers",
    ],
    signs: &[],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut lines = Lines::default();
    lines.add("import java.util.List;\n");
    for class in [
        "org.springframework.boot.web.servlet.FilterRegistrationBean",
        "org.springframework.context.annotation.Bean",
        "org.springframework.context.annotation.Configuration",
        "org.springframework.core.Ordered",
        "org.springframework.web.cors.CorsConfiguration",
        "org.springframework.web.cors.CorsConfigurationSource",
        "org.springframework.web.cors.UrlBasedCorsConfigurationSource",
        "org.springframework.web.filter.CorsFilter",
    ] {
        lines.add(format!("import {class};"));
    }
    lines.add("\n@Configuration\npublic class CorsPolicy {\n    @Bean");
    lines.add("    public CorsConfigurationSource corsConfigurationSource() {");
    lines.add("        CorsConfiguration cors = new CorsConfiguration();");
    let set = |setter: &str, names: &str| format!("        cors.{setter}(List.of({names}));");
    if plan.wildcard {
        lines.add(set("setAllowedOrigins", "\"*\""));
    } else if plan.any {
        lines.add(set("setAllowedOriginPatterns", "\"*\""));
    }
    if !plan.exact.is_empty() {
        lines.add(set("setAllowedOrigins", &listed(&plan.exact, java)));
    }
    if !plan.subdomains.is_empty() {
        let patterns: Vec<String> = plan
            .subdomains
            .iter()
            .map(|(scheme, suffix)| format!("{scheme}://*{suffix}"))
            .collect();
        lines.add(set("setAllowedOriginPatterns", &listed(&patterns, java)));
    }
    let all = "\"*\"";
    if plan.methods.is_all() {
        lines.add(set("setAllowedMethods", all));
    } else {
        lines.add(set(
            "setAllowedMethods",
            &listed(plan.methods.listed(), java),
        ));
    }
    if plan.headers.is_all() {
        lines.add(set("setAllowedHeaders", all));
    } else if !plan.headers.is_none() {
        lines.add(set(
            "setAllowedHeaders",
            &listed(plan.headers.listed(), java),
        ));
    }
    if !plan.expose.is_empty() {
        lines.add(set("setExposedHeaders", &listed(&plan.expose, java)));
    }
    if plan.credentials {
        lines.add("        cors.setAllowCredentials(true);");
    }
    if let Some(seconds) = plan.max_age {
        lines.add(format!("        cors.setMaxAge({seconds}L);"));
    }
    lines.add(
        "        UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();",
    );
    lines.add("        source.registerCorsConfiguration(\"/**\", cors);");
    lines.add("        return source;\n    }\n");
    lines.add("    // Before every other filter, so that 401, 404 and 500 carry the headers, too.");
    lines.add("    @Bean\n    public FilterRegistrationBean<CorsFilter> firstCorsFilter() {");
    // As a parameter, the source would be ambiguous: Spring MVC has a bean of that type, too. And
    // a bean named corsFilter must be the filter itself for Spring Security.
    lines.add("        CorsFilter filter = new CorsFilter(corsConfigurationSource());");
    lines.add("        var registration = new FilterRegistrationBean<>(filter);");
    lines.add("        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);");
    lines.add("        return registration;\n    }\n}\n");
    lines.add("// With Spring Security, in your SecurityFilterChain:");
    lines.add("http.cors(org.springframework.security.config.Customizer.withDefaults());");
    Rendered {
        code: lines.text(),
        limits: plan.limits(),
    }
}
