//! The claims of a token (RFC 7519 section 4), as far as a policy looks at them.

mod numeric_date;

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::json::{Text, once};
pub(super) use numeric_date::NumericDate;

/// Claims that are always read, and have their own meaning.
pub(super) const REGISTERED: [&str; 4] = ["iss", "sub", "aud", "nbf"];

/// The names of the claims that the policy chooses.
#[derive(Debug)]
pub(crate) struct ClaimNames {
    /// The first that a token has counts.
    pub(super) expiry: Box<[Box<str>]>,
    pub(super) rate_class: Option<Box<str>>,
}

/// What a token says, whether or not it is true. Without `Debug`: it says who somebody is.
pub(super) struct Claims<'j> {
    pub(super) expires: NumericDate,
    pub(super) not_before: Option<NumericDate>,
    pub(super) issuer: Option<Cow<'j, str>>,
    pub(super) subject: Option<Cow<'j, str>>,
    pub(super) audience: Option<Audience<'j>>,
    pub(super) rate_class: Option<Cow<'j, str>>,
}

impl ClaimNames {
    /// Reads claims; `None` where one that is read has another type or stands twice (RFC 7519 section 4), or where none says
    /// when the token expires. Claims that are not read are passed over, however deep.
    pub(super) fn parse<'j>(&self, json: &'j str) -> Option<Claims<'j>> {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let claims = Members(self).deserialize(&mut deserializer).ok()?;
        deserializer.end().ok()?;
        Some(claims)
    }
}

/// `aud`: a text or a list of texts (RFC 7519 section 4.1.3).
pub(super) struct Audience<'j>(Vec<Cow<'j, str>>);

impl Audience<'_> {
    pub(super) fn has_one_of(&self, ours: &[Box<str>]) -> bool {
        self.0.iter().any(|audience| ours.iter().any(|one| **one == **audience))
    }
}

struct Members<'n>(&'n ClaimNames);

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = Claims<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Claims<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JWT claims set")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Self(names) = self;
        let mut expiries = vec![None; names.expiry.len()];
        let (mut issuer, mut subject, mut rate_class) = (None, None, None);
        let (mut audience, mut not_before) = (None, None);
        while let Some(Text(name)) = map.next_key()? {
            let expiry = names.expiry.iter().zip(&mut expiries).find(|(expiry, _)| ***expiry == *name);
            match &*name {
                _ if let Some((_, slot)) = expiry => once(slot, &mut map)?,
                _ if names.rate_class.as_deref() == Some(&*name) => once(&mut rate_class, &mut map)?,
                "nbf" => once(&mut not_before, &mut map)?,
                "iss" => once(&mut issuer, &mut map)?,
                "sub" => once(&mut subject, &mut map)?,
                "aud" => once(&mut audience, &mut map)?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let text = |Text(text)| text;
        Ok(Claims {
            expires: expiries.into_iter().flatten().next().ok_or_else(|| A::Error::missing_field("exp"))?,
            not_before,
            issuer: issuer.map(text),
            subject: subject.map(text),
            audience,
            rate_class: rate_class.map(text),
        })
    }
}

impl<'de> Deserialize<'de> for Audience<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;

        impl<'de> Visitor<'de> for Texts {
            type Value = Audience<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a list of strings")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Audience(vec![Cow::Borrowed(text)]))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Audience(vec![Cow::Owned(text.to_owned())]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut texts = Vec::new();
                while let Some(Text(text)) = seq.next_element()? {
                    texts.push(text);
                }
                Ok(Audience(texts))
            }
        }

        deserializer.deserialize_any(Texts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> ClaimNames {
        ClaimNames { expiry: ["exp".into(), "sxp".into()].into(), rate_class: Some("rlc".into()) }
    }

    #[test]
    fn the_first_expiry_of_the_policy_counts_wherever_it_stands() {
        let expires = |json: &str| names().parse(json).map(|claims| claims.expires.seconds());
        assert_eq!(expires(r#"{"sxp":1,"exp":2}"#), Some(2));
        assert_eq!(expires(r#"{"sxp":1}"#), Some(1));
        assert_eq!(expires(r#"{"iat":1}"#), None);
    }

    #[test]
    fn reads_one_audience_and_several() {
        let audience = |json: &str| {
            let claims = names().parse(json).unwrap();
            claims.audience.unwrap().has_one_of(&["media".into(), "api".into()])
        };
        assert!(audience(r#"{"exp":1,"aud":"media"}"#) && audience(r#"{"exp":1,"aud":["x","\u0061pi"]}"#));
        assert!(!audience(r#"{"exp":1,"aud":"mediax"}"#) && !audience(r#"{"exp":1,"aud":[]}"#));
    }

    #[test]
    fn refuses_a_claim_of_another_type_even_where_another_would_count() {
        for json in [
            r#"{"exp":"1"}"#,
            r#"{"exp":null}"#,
            r#"{"exp":1,"sxp":true}"#,
            r#"{"exp":[1]}"#,
            r#"{"exp":1,"nbf":{}}"#,
            r#"{"exp":1,"iss":1}"#,
            r#"{"exp":1,"sub":7}"#,
            r#"{"exp":1,"sub":null}"#,
            r#"{"exp":1,"aud":[1]}"#,
            r#"{"exp":1,"aud":{}}"#,
            r#"{"exp":1,"rlc":["authed-user"]}"#,
            r#"[{"exp":1}]"#,
            r#"{"exp":1} x"#,
        ] {
            assert!(names().parse(json).is_none(), "{json}");
        }
    }

    #[test]
    fn refuses_a_claim_that_is_read_and_stands_twice_however_it_is_spelled() {
        for name in ["exp", "sxp", "nbf", "iss", "sub", "aud", "rlc"] {
            let value = if matches!(name, "exp" | "sxp" | "nbf") { "1" } else { "\"a\"" };
            let json = format!(
                r#"{{"exp":1,"{name}":{value},"\u{:04x}{}":{value}}}"#,
                name.as_bytes()[0],
                &name[1..]
            );
            assert!(names().parse(&json).is_none(), "{json}");
        }
        assert!(names().parse(r#"{"exp":1,"x":1,"x":2}"#).is_some());
    }
}
