//! `import provenance;`: the policy in Varnish.
//!
//! A method of `provenance.policy` reads host and URL of the request at hand (`request`) and takes what was found from the
//! `memo` of its task, which asks the `object`'s policy once and keeps the answer: what the URL of an image is worth (`image`),
//! or, where VCL asks for more than that, what is decided on the whole request (`decision`), whose headers (`facts`) and peer
//! (`peer`) are looked at only then. `counters` tells varnishstat. Whatever goes wrong inside stays inside: `guard` stops a
//! panic at the border to C.
//!
//! This file holds what VCL sees; whoever writes VCL reads `docs/vmod.md`.

mod request;

mod memo;

mod object;

mod image;

mod facts;
mod peer;

mod decision;

mod counters;

mod guard;

use varnish::vcl::{Ctx, VclResult};

use decision::Decision;
use guard::guard;
use image::Image;
use memo::Memo;
use object::Object;

/// What `new edge = provenance.policy(…);` makes.
#[expect(non_camel_case_types, reason = "VCL calls it by this name")]
pub(crate) struct policy(Object);

/// The VMOD.
#[varnish::vmod]
#[expect(elided_lifetimes_in_paths, reason = "the macro knows Ctx by its bare name")]
mod provenance {
    use std::ffi::CStr;
    use std::time::Duration;

    use varnish::vcl::{Ctx, VclError};

    use super::policy;
    use crate::decision::Decision;
    use crate::guard::guard;
    use crate::image::Image;
    use crate::memo::Memo;
    use crate::object::{Object, SealFields};

    impl policy {
        /// Loads a policy and the files that it names. One that cannot be used fails `vcl.load`.
        pub fn new(ctx: &mut Ctx, #[vcl_name] name: &CStr, file: &CStr) -> Result<Self, VclError> {
            let object = guard(ctx, "policy", None, |ctx| Object::load(ctx, name, file).map(Some))?;
            object.map(Self).ok_or(VclError::Str("provenance.policy(): internal error, see the child's log"))
        }

        /// What the request's URL is worth: `none`, `unsigned`, `malformed`, `unknown_key`, `forged`, `early`, `stale` or `valid`.
        pub fn verify(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &mut Option<Box<Memo>>,
        ) -> Result<&'static str, VclError> {
            guard(ctx, "verify", "none", |ctx| Ok(self.0.image(ctx, memo)?.status.as_str()))
        }

        /// The site that the URL was made for.
        pub fn site<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.field(ctx, memo, "site", Image::site)
        }

        /// The software component that made the URL.
        pub fn generator<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.field(ctx, memo, "generator", Image::generator)
        }

        /// What the URL asks for: `original`, `thumbnail`, ….
        pub fn format<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.field(ctx, memo, "format", Image::format)
        }

        /// The class of the generator; `unknown` for one that the policy does not name.
        pub fn source<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.field(ctx, memo, "source", Image::source)
        }

        /// Time since the URL was sealed, in whole seconds; 0s where the seal does not prove it, or its time lies ahead.
        pub fn age(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &mut Option<Box<Memo>>,
        ) -> Result<Duration, VclError> {
            guard(ctx, "age", Duration::ZERO, |ctx| Ok(self.0.image(ctx, memo)?.age))
        }

        /// Whether the URL is genuine and not older than its source allows.
        pub fn is_fresh(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &mut Option<Box<Memo>>,
        ) -> Result<bool, VclError> {
            guard(ctx, "is_fresh", false, |ctx| Ok(self.0.image(ctx, memo)?.is_fresh()))
        }

        /// What the token of the request is worth: `none`, `valid`, or why it makes no session.
        pub fn session(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &mut Option<Box<Memo>>,
        ) -> Result<&'static str, VclError> {
            guard(ctx, "session", "none", |ctx| Ok(self.0.decision(ctx, memo)?.session.as_str()))
        }

        /// Whose session it is, by a keyed hash.
        pub fn subject<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.text(ctx, memo, "subject", Decision::subject)
        }

        /// How far the client is trusted, `A` to `F`.
        pub fn tier(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &mut Option<Box<Memo>>,
        ) -> Result<&'static str, VclError> {
            guard(ctx, "tier", "E", |ctx| Ok(self.0.decision(ctx, memo)?.tier.as_str()))
        }

        /// What is known of the client: the value of `X-Provenance`.
        pub fn labels<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.text(ctx, memo, "labels", Decision::labels)
        }

        /// Class of the user agent.
        pub fn ua_class<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.text(ctx, memo, "ua_class", Decision::ua_class)
        }

        /// The contact that the user agent names.
        pub fn contact<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.text(ctx, memo, "contact", Decision::contact)
        }

        /// The verified crawler that asks.
        pub fn client<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.text(ctx, memo, "client", Decision::client)
        }

        /// How much the request looks like one that a browser sent, 0 to 100.
        pub fn browser_score(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &mut Option<Box<Memo>>,
        ) -> Result<i64, VclError> {
            guard(ctx, "browser_score", 0, |ctx| Ok(self.0.decision(ctx, memo)?.browser_score.into()))
        }

        /// Whether the request is for a sitemap.
        pub fn is_sitemap(&self, ctx: &mut Ctx) -> Result<bool, VclError> {
            guard(ctx, "is_sitemap", true, |ctx| self.0.is_sitemap(ctx))
        }

        /// Whether the policy keeps the sitemap that is asked for from this client.
        pub fn sitemap_denied(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &mut Option<Box<Memo>>,
        ) -> Result<bool, VclError> {
            guard(ctx, "sitemap_denied", true, |ctx| self.0.is_sitemap_denied(ctx, memo))
        }

        /// Whether the policy refuses the request, by anything but a rate limit.
        pub fn denied(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &mut Option<Box<Memo>>,
        ) -> Result<bool, VclError> {
            guard(ctx, "denied", true, |ctx| Ok(self.0.decision(ctx, memo)?.is_denied))
        }

        /// The rule that decided.
        pub fn reason<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.text(ctx, memo, "reason", Decision::reason)
        }

        /// The code of that rule, as answers print it.
        pub fn code<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.text(ctx, memo, "code", Decision::code)
        }

        /// The body of the answer to a refused request.
        pub fn error_page<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.text(ctx, memo, "error_page", Decision::error_page)
        }

        /// Its `Content-Type`.
        pub fn error_content_type<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.text(ctx, memo, "error_content_type", Decision::error_content_type)
        }

        /// Its `Content-Security-Policy`.
        pub fn error_content_security_policy<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.text(ctx, memo, "error_content_security_policy", Decision::error_content_security_policy)
        }

        /// `url` without the provenance parameters, those that the policy strips with them, and the token of a session.
        pub fn strip<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
            url: &'m CStr,
        ) -> Result<Option<&'m [u8]>, VclError> {
            let url = url.to_bytes();
            guard(ctx, "strip", Some(url), |ctx| Ok(Some(self.0.strip(ctx, memo, url))))
        }

        /// `url` with a seal; as it was where it cannot be sealed, and the log says why.
        #[expect(clippy::too_many_arguments, reason = "VCL has no structs")]
        pub fn sign<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
            url: &'m CStr,
            site: &CStr,
            generator: &CStr,
            format: &CStr,
            source: &CStr,
        ) -> Result<Option<&'m [u8]>, VclError> {
            let fields = SealFields { site, generator, format, source };
            guard(ctx, "sign", Some(url.to_bytes()), |ctx| {
                Ok(Some(self.0.sign_or_log(ctx, memo, url, &fields)))
            })
        }
    }
}

impl policy {
    /// A text that the URL carries; `None`, which is NULL in VCL, where it carries none.
    fn field<'m>(
        &self,
        ctx: &mut Ctx<'_>,
        memo: &'m mut Option<Box<Memo>>,
        method: &str,
        of: impl FnOnce(&'m Image) -> Option<&'m str>,
    ) -> VclResult<Option<&'m [u8]>> {
        guard(ctx, method, None, |ctx| Ok(of(self.0.image(ctx, memo)?).map(str::as_bytes)))
    }

    /// A text of what was decided; `None`, which is NULL in VCL, where there is none.
    fn text<'m>(
        &self,
        ctx: &mut Ctx<'_>,
        memo: &'m mut Option<Box<Memo>>,
        method: &str,
        of: impl FnOnce(&'m Decision) -> Option<&'m str>,
    ) -> VclResult<Option<&'m [u8]>> {
        guard(ctx, method, None, |ctx| Ok(of(self.0.decision(ctx, memo)?).map(str::as_bytes)))
    }
}
