//! Fragments of VCL compile.

use std::fs;
use std::process::{Command, Stdio};

use e2e::process::program;
use pages::repository;

use crate::folder::Folder;
use crate::{artifacts, fragments, none_failed};

const BACKEND: &str = "vcl 4.1;\nbackend default { .host = \"192.0.2.1\"; }\n";
/// What docs/vmod.md has everybody write first.
const SET_UP: &str = "import provenance;
sub vcl_init { new edge = provenance.policy(\"/etc/provenance/policy.yaml\"); }
include \"provenance.vcl\";
";

#[test]
fn every_fragment_of_vcl_compiles() {
    let vmod = format!("import provenance from \"{}\";", artifacts().vmod.display());
    let failed = fragments("vcl").into_iter().filter_map(|fence| {
        let vcl = whole(&fence.text).replace("import provenance;", &vmod);
        let why = compile(&fence.name(), &vcl).err()?;
        Some(format!("the VCL of {} does not compile:\n{why}", fence.place))
    });
    none_failed(&failed.collect::<Vec<_>>());
}

/// A fragment that does not begin with `vcl 4.1;` stands behind the set-up; one that imports the VMOD itself, behind a backend alone.
fn whole(fragment: &str) -> String {
    match fragment {
        whole if whole.starts_with("vcl 4.1;") => whole.to_owned(),
        itself if itself.contains("import provenance;") => format!("{BACKEND}{itself}"),
        behind => format!("{BACKEND}{SET_UP}{behind}"),
    }
}

fn compile(name: &str, vcl: &str) -> Result<(), String> {
    let folder = Folder::new(name);
    let file = folder.path().join("site.vcl");
    fs::write(&file, vcl).unwrap();
    let output = Command::new(program("varnishd"))
        .arg("-C")
        .arg("-n")
        .arg(folder.path().join("work"))
        .arg("-p")
        .arg(format!("vcl_path={}", repository().join("vcl").display()))
        .arg("-f")
        .arg(&file)
        .stdout(Stdio::null())
        .output()
        .unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}
