use corscope_fetch::policy::Policy;

use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "next-rewrites",
    aliases: &["nextjs-rewrites"],
    title: "Next.js rewrites",
    kind: StackKind::DevProxy,
    assurance: Assurance::Rendered,
    language: "javascript",
    file: "next.config.js",
    place: "beside the other options; put your API's address in destination",
    pitfalls: &[
        "the page must ask for /api/…, not for the API's full address",
        "a file in pages/api or app/api with the same path wins over the rewrite",
        "a static export has no rewrites",
        "next.config.js redirects for trailing slashes happen first",
    ],
    signs: &[],
    render,
};

const CODE: &str = r#"module.exports = {
  async rewrites() {
    return [
      // The page asks its own origin for /api/…, so that no CORS is needed.
      { source: "/api/:path*", destination: "https://api.example.com/api/:path*" },
    ];
  },
};
"#;

fn render(policy: &Policy) -> Rendered {
    super::dev_proxy::rendered(CODE, policy)
}
