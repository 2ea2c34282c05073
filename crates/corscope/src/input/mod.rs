//! Reading what a user gives: URLs, origins, header lines, cURL commands, fetch snippets.
