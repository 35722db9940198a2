//! YAML of one file → objects. JSON is YAML, so what `requestctl get -o json` prints is read as well.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_saphyr::{Location, Spanned};

use super::object::{Field, Kind, Object, Placed, Type, Value};

/// What is wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// The file, relative to the folder that is imported.
    pub(super) file: String,
    /// The line, from 1; none for the file as a whole.
    pub(super) line: Option<u64>,
    /// A sentence without a full stop.
    pub(super) message: String,
}

/// Reads the file of one object, whose name is the file's. An object that stands below its own name, as in the audit log of
/// conftool, is found there.
pub(super) fn parse_one(kind: Kind, name: &str, file: &str, text: &str) -> Result<Object, Problem> {
    let short = name.split_once('/').map_or(name, |(_, short)| short);
    let fields = parse(text, file, One { kind, below: Some(short) })?;
    Ok(Object { kind, name: name.to_owned(), file: file.to_owned(), line: 1, fields })
}

/// Reads the file of all objects of a type, as `requestctl get` prints it: scope or cluster, slash, name → object.
pub(super) fn parse_all(kind: Kind, file: &str, text: &str) -> Result<Vec<Object>, Problem> {
    let entries = parse(text, file, All { kind })?;
    let object = |(name, line, fields)| Object { kind, name, file: file.to_owned(), line, fields };
    Ok(entries.into_iter().map(object).collect())
}

fn parse<'t, S: DeserializeSeed<'t>>(text: &'t str, file: &str, seed: S) -> Result<S::Value, Problem> {
    let parsed =
        serde_saphyr::with_deserializer_from_str(text, |deserializer| seed.deserialize(deserializer));
    parsed.map_err(|error| {
        let line = error.location().filter(|at| *at != Location::UNKNOWN).map(|at| at.line());
        let message = error.without_snippet().to_string();
        let message = message.split(" at line ").next().unwrap_or(&message);
        let message = message.trim_end_matches(" (defined").to_owned();
        Problem { file: file.to_owned(), line, message }
    })
}

/// The fields of one object.
struct One<'n> {
    kind: Kind,
    /// The name below which they may stand.
    below: Option<&'n str>,
}

impl<'de> DeserializeSeed<'de> for One<'_> {
    type Value = Vec<Field>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for One<'_> {
    type Value = Vec<Field>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a mapping with the fields of {}", self.kind.as_str())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            let known = self.kind.fields().iter().find(|(name, _)| *name == key.value);
            let value = match known {
                Some((_, of)) => map.next_value_seed(*of)?,
                None if self.below == Some(&*key.value) => {
                    fields.extend(map.next_value_seed(One { kind: self.kind, below: None })?);
                    continue;
                }
                None if self.below.is_some() && key.value == "tags" => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                    Some(Value::Unknown)
                }
            };
            let line = key.referenced.line();
            // A field without a value has the one that requestctl takes where it is not given.
            fields.extend(value.map(|value| Field { name: key.value, line, value }));
        }
        Ok(fields)
    }
}

/// Objects by their names.
struct All {
    kind: Kind,
}

impl<'de> DeserializeSeed<'de> for All {
    type Value = Vec<(String, u64, Vec<Field>)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for All {
    type Value = Vec<(String, u64, Vec<Field>)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a mapping from names to objects of the type {}", self.kind.as_str())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut objects = Vec::new();
        while let Some(name) = map.next_key::<Spanned<String>>()? {
            if !is_name(&name.value) {
                let told =
                    format!("\"{}\" is not a name: expected scope or cluster, a slash, a name", name.value);
                return Err(de::Error::custom(told.escape_debug()));
            }
            let fields = map.next_value_seed(One { kind: self.kind, below: None })?;
            objects.push((name.value, name.referenced.line(), fields));
        }
        Ok(objects)
    }
}

/// Whether this is the name of an object: two parts of letters, digits, `-`, `_` and `.`.
pub(super) fn is_name(name: &str) -> bool {
    let is_part = |part: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        (1..=200).contains(&part.len()) && part.bytes().all(allowed)
    };
    name.split_once('/').is_some_and(|(tag, name)| is_part(tag) && is_part(name))
}

impl<'de> DeserializeSeed<'de> for Type {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        Ok(match self {
            Self::Text => Option::<String>::deserialize(deserializer)?.map(Value::Text),
            Self::Flag => Option::<bool>::deserialize(deserializer)?.map(Value::Flag),
            Self::Number => Option::<i64>::deserialize(deserializer)?.map(Value::Number),
            Self::List => Option::<Vec<Spanned<String>>>::deserialize(deserializer)?.map(|list| {
                let place =
                    |item: Spanned<String>| Placed { line: item.referenced.line(), value: item.value };
                Value::List(list.into_iter().map(place).collect())
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_of_value_is_read_and_keeps_its_line() {
        let text =
            "enabled: yes\nresp_status: 403\ncomment: 'a: b'\nsites:\n- one\n- two\nnew_field: {a: [1]}\n";
        let object = parse_one(Kind::Action, "c/n", "f.yaml", text).unwrap();
        assert!(object.flag("enabled", false));
        assert_eq!((object.number("resp_status", 0), object.text("comment")), (403, "a: b"));
        let sites: Vec<_> = object.list("sites").iter().map(|site| (&*site.value, site.line)).collect();
        assert_eq!(sites, [("one", 5), ("two", 6)]);
        assert_eq!(object.fields.last().map(|field| (&field.value, field.line)), Some((&Value::Unknown, 7)));
    }

    #[test]
    fn a_text_that_looks_like_a_number_stays_as_it_is_written() {
        let object =
            parse_one(Kind::Pattern, "s/n", "f.yaml", "header: X\nheader_value: 1.10\nmethod:\n").unwrap();
        assert_eq!((object.text("header_value"), object.text("method")), ("1.10", ""));
        assert!(!object.has("method"), "null is what is not given");
    }

    #[test]
    fn an_object_below_its_name_and_all_of_a_type_are_read() {
        let below =
            parse_one(Kind::Pattern, "ua/curl", "f.json", r#"{"curl": {"header": "A"}, "tags": "scope=ua"}"#);
        assert_eq!(below.unwrap().text("header"), "A");
        let all =
            parse_all(Kind::Pattern, "f.yaml", "ua/curl:\n  header: A\nua/wget:\n  header: B\n").unwrap();
        let read: Vec<_> =
            all.iter().map(|object| (&*object.name, object.line, object.text("header"))).collect();
        assert_eq!(read, [("ua/curl", 1, "A"), ("ua/wget", 3, "B")]);
    }

    #[test]
    fn what_does_not_parse_is_told_by_line() {
        for (text, line) in [
            ("method: GET\nheader: [a]\n", 2),
            ("method: GET\nmethod: POST\n", 2),
            ("method: GET\nheader_is_set: perhaps\n", 2),
            ("- a\n", 1),
            ("a: &a [*a, *a]\nmethod: GET", 1),
            ("header: A\nmethod: {", 2),
        ] {
            let problem = parse_one(Kind::Pattern, "s/n", "f.yaml", text).unwrap_err();
            assert_eq!(problem.line, Some(line), "{text}: {problem:?}");
        }
        assert!(
            parse_all(Kind::Pattern, "f.yaml", "no-slash: {}\n").unwrap_err().message.contains("no-slash")
        );
    }
}
