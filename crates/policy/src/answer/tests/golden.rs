//! Every case in every medium beside what it is: `tests/answers/`. `UPDATE=1 cargo test -p policy answer` writes the files anew:
//! read the difference before you commit it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{Given, MEDIA, MediaType, checked_body};

/// The name of the files, and what the answer is made of.
fn cases() -> Vec<(&'static str, Given)> {
    let firefox = b"Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";
    let hostile =
        "<script>alert('1')</script>\u{1b}[31m \"&amp;\" \\ \u{202e}txt.exe\u{200b}\r\nSet-Cookie: a=b";
    vec![
        ("no-user-agent-refused", Given::deny("ua.none")),
        ("no-user-agent-limited", Given::stage("ua.none", "1/s")),
        (
            "library-refused",
            Given::deny("ua.library_default").with_user_agent(b"python-requests/2.32.3").with_texts(),
        ),
        ("library-limited", Given::stage("ua.library_default", "1/s").with_user_agent(b"okhttp/4.12.0")),
        ("command-line-tool-refused", Given::deny("ua.cli").with_user_agent(b"curl/8.5.0")),
        ("command-line-tool-limited", Given::stage("ua.cli", "60/m").with_user_agent(b"Wget/1.21.3")),
        ("mediawiki-refused", Given::deny("ua.mediawiki").with_user_agent(b"MediaWiki/1.43.0")),
        (
            "mediawiki-limited",
            Given::stage("ua.mediawiki", "1/s").with_user_agent(b"MediaWiki/1.43.0 ForeignAPIRepo/2.1"),
        ),
        (
            "bot-limited",
            Given::stage("ua.bot", "100/h").with_user_agent(b"ExampleBot/2.1 (https://bot.example.net/)"),
        ),
        ("browser-limited", Given::stage("ua.browser", "1/s").with_user_agent(firefox)),
        ("app-without-contact-refused", Given::deny("ua.other").with_user_agent(b"PictureFrame/3")),
        ("class-of-the-policy-refused", Given::deny("ua.link_preview").with_user_agent(b"Previewer/1.0")),
        (
            "class-of-the-policy-limited",
            Given::stage("ua.link_preview", "2/s").with_user_agent(b"Previewer/1.0"),
        ),
        (
            "address-limited",
            Given::limit("limit.ip", "ip", "10/s", 100).with_user_agent(b"PictureFrame/3").with_texts(),
        ),
        (
            "address-of-a-browser-limited",
            Given::limit("limit.ip", "ip", "10/s", 10).of_class("browser").with_user_agent(firefox),
        ),
        ("address-of-a-bot-limited", Given::limit("limit.ip", "ip", "600/m", 600).of_class("bot")),
        ("network-refused", Given::deny("network.abusive").with_texts()),
        ("sitemap-refused", Given::deny("sitemap.restricted")),
        ("long-user-agent-refused", Given::deny("ua.other").with_user_agent(&[b'x'; 120]).with_texts()),
        ("hostile-user-agent-refused", Given::deny("ua.other").with_user_agent(hostile.as_bytes())),
    ]
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/answers")
}

const fn extension(media: MediaType) -> &'static str {
    match media {
        MediaType::ProblemJson => "json",
        MediaType::Html => "html",
        MediaType::Text => "txt",
    }
}

#[test]
fn each_case_reads_as_its_file_in_all_media() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    for (name, given) in cases() {
        for media in MEDIA {
            let body = checked_body(&given, media) + "\n";
            let file = folder().join(name).with_extension(extension(media));
            if update {
                std::fs::write(&file, &body).unwrap();
            }
            if std::fs::read_to_string(&file).unwrap_or_default() != body {
                wrong.push(format!("{}:\n{body}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_file_belongs_to_a_case() {
    let expected: BTreeSet<_> = (cases().into_iter())
        .flat_map(|(name, _)| MEDIA.map(|media| format!("{name}.{}", extension(media))))
        .collect();
    let found: BTreeSet<_> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(found, expected);
}
