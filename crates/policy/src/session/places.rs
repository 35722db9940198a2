//! Where tokens stand in a request.

use crate::Request;
use crate::seal::parameters::{is, pairs, split_pair};

/// What a server writes into a cookie that it deletes, where the browser keeps it nevertheless.
const DELETED: &[u8] = b"deleted";

/// Where a policy looks for tokens.
#[derive(Debug)]
pub(crate) struct Places {
    pub(super) bearer: bool,
    pub(super) cookies: Box<[Box<str>]>,
    pub(super) parameter: Option<Box<str>>,
}

impl Places {
    /// The values that may be tokens, in the order in which they count: bearer, cookies in the order of the policy and those
    /// of one name in the order of the request, query parameter. Values are taken as they are: a token has no character that
    /// needs an escape.
    pub(super) fn values<'a>(&self, request: &Request<'a>) -> impl Iterator<Item = &'a [u8]> {
        let headers = request.headers;
        let authorization = headers.authorization().filter(|_| self.bearer);
        let bearer = authorization.and_then(bearer_token).filter(|value| looks_like_a_token(value));
        let cookies = self.cookies.iter().flat_map(move |name| headers.cookies(name.as_bytes()));
        let query = request.query.filter(|_| self.parameter.is_some()).unwrap_or_default();
        let parameters = pairs(query).map(split_pair).filter_map(|(name, value)| {
            let ours = self.parameter.as_deref().is_some_and(|parameter| is(name, parameter));
            ours.then_some(value)
        });
        bearer.into_iter().chain(cookies).chain(parameters).filter(|value| !is_absent(value))
    }
}

/// The token of `Bearer <token>` (RFC 6750 section 2.1); the scheme is compared without regard to case (RFC 9110 section
/// 11.1).
fn bearer_token(authorization: &[u8]) -> Option<&[u8]> {
    let (scheme, rest) = authorization.trim_ascii().split_at_checked(b"Bearer".len())?;
    let token = rest.strip_prefix(b" ")?.trim_ascii();
    scheme.eq_ignore_ascii_case(b"Bearer").then_some(token)
}

/// A bearer token belongs to any service, and most are opaque; a JSON Web Token has dots.
fn looks_like_a_token(value: &[u8]) -> bool {
    memchr::memchr_iter(b'.', value).nth(1).is_some()
}

fn is_absent(value: &[u8]) -> bool {
    value.is_empty() || value == DELETED
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Headers;

    fn places() -> Places {
        Places { bearer: true, cookies: ["a".into(), "b".into()].into(), parameter: Some("token".into()) }
    }

    fn found(places: &Places, headers: &[(&str, &'static str)], query: &'static str) -> Vec<&'static str> {
        let mut request = Request { query: Some(query.as_bytes()), ..Request::default() };
        let mut recorded = Headers::default();
        for (name, value) in headers {
            recorded.record(name.as_bytes(), value.as_bytes());
        }
        request.headers = recorded;
        places.values(&request).map(|value| str::from_utf8(value).unwrap()).collect()
    }

    #[test]
    fn reads_the_bearer_then_cookies_in_the_order_of_the_policy_then_the_parameter() {
        let headers = [("cookie", "b=2; a=1; b=3; a=4"), ("authorization", "Bearer x.y.z")];
        assert_eq!(found(&places(), &headers, "token=5&token=6"), ["x.y.z", "1", "4", "2", "3", "5", "6"]);
    }

    #[test]
    fn looks_only_where_the_policy_says() {
        let headers = [("cookie", "a=1; c=2"), ("authorization", "Bearer x.y.z")];
        let nowhere = Places { bearer: false, cookies: [].into(), parameter: None };
        assert!(found(&nowhere, &headers, "token=5").is_empty());
        assert_eq!(found(&Places { cookies: ["c".into()].into(), ..nowhere }, &headers, "token=5"), ["2"]);
    }

    #[test]
    fn passes_over_what_is_no_bearer_token() {
        for value in [
            "Basic x.y.z",
            "Bearer",
            "Bearer ",
            "Bearerx.y.z",
            "Bearer\tx.y.z",
            "x.y.z",
            "",
            "Bearer ya29.opaque",
        ] {
            assert!(found(&places(), &[("authorization", value)], "").is_empty(), "{value}");
        }
        assert_eq!(found(&places(), &[("authorization", " bEARER   x.y.z ")], ""), ["x.y.z"]);
    }

    #[test]
    fn the_first_of_two_authorization_headers_counts() {
        let headers = [("authorization", "Basic abc"), ("Authorization", "Bearer x.y.z")];
        assert!(found(&places(), &headers, "").is_empty());
    }

    #[test]
    fn passes_over_values_that_say_there_is_none() {
        assert!(
            found(&places(), &[("cookie", "a=deleted; a=; a=\"\"; b")], "token=&token&token=deleted")
                .is_empty()
        );
    }

    #[test]
    fn decodes_the_name_of_the_parameter_but_no_value() {
        assert_eq!(found(&places(), &[], "tok%65n=a%2Eb.c&TOKEN=1&tokens=2"), ["a%2Eb.c"]);
    }
}
