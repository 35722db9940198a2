//! Every `.vtc` below this package is one test: `cargo test -p vtc -- seal` runs those with "seal" in their names.

#![expect(clippy::print_stderr, reason = "a test target without a harness reports by itself")]

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use vtc::{Artifacts, Case, Error, Outcome, Varnishtest, find};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    match trials() {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn trials() -> Result<Vec<Trial>, Error> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let repo = package.ancestors().nth(2).unwrap_or(package);
    // Cargo keeps `tmp` for tests directly below its target folder.
    let tmpdir = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let target = tmpdir.parent().unwrap_or(tmpdir);

    let cases = find(package)?;
    let artifacts = Artifacts::build(repo, target)?;
    let varnishtest = Arc::new(Varnishtest::new(&artifacts, repo, target)?);
    Ok(cases.into_iter().map(|case| trial(case, Arc::clone(&varnishtest))).collect())
}

fn trial(case: Case, varnishtest: Arc<Varnishtest>) -> Trial {
    Trial::ignorable_test(case.name.clone(), move || match varnishtest.run(&case) {
        Ok(Outcome::Passed) => Ok(Completion::Completed),
        Ok(Outcome::Skipped(reason)) => Ok(Completion::ignored_with(reason)),
        Ok(Outcome::Failed(excerpt)) => Err(Failed::from(excerpt)),
        Err(error) => Err(Failed::from(error)),
    })
}
