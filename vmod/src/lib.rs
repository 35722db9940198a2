//! `import provenance;`: the policy in Varnish.
//!
//! A method of `provenance.policy` reads host and URL of the request at hand (`request`) and takes what was found from the
//! `memo` of its task, which asks the `object`'s policy once and keeps the answer: what the URL of an image is worth (`image`),
//! or, where VCL asks for more than that, what is decided on the whole request (`decision`), whose headers (`facts`) and peer
//! (`peer`) are looked at only then. `counters` tells varnishstat. Whatever goes wrong inside stays inside: `guard` stops a
//! panic at the border to C.
//!
//! This file holds what VCL sees; its doc comments are `docs/reference/vmod.md`, where a heading begins a section (`make docs`).

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
        /// # The object
        ///
        /// Loads a policy, by its absolute path, and the files that it names; in `vcl_init`. One that cannot be used fails `vcl.load`, with file, line
        /// and key. A VCL may have several objects.
        pub fn new(ctx: &mut Ctx, #[vcl_name] name: &CStr, file: &CStr) -> Result<Self, VclError> {
            let object = guard(ctx, "policy", None, |ctx| Object::load(ctx, name, file).map(Some))?;
            object.map(Self).ok_or(VclError::Str("provenance.policy(): internal error, see the child's log"))
        }

        /// # The URL of an image
        ///
        /// What the request's URL is worth: `none`, `unsigned`, `malformed`, `unknown_key`, `forged`, `early`, `stale` or `valid`
        /// ([what each means](../seal.md#what-a-status-means)).
        pub fn verify(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &mut Option<Box<Memo>>,
        ) -> Result<&'static str, VclError> {
            guard(ctx, "verify", "none", |ctx| Ok(self.0.image(ctx, memo)?.status.as_str()))
        }

        /// The site that the URL was made for, decoded. NULL where the URL says nothing, and with `none` and `malformed`. A claim, unless the status is
        /// `valid`, `stale` or `early`: anybody can write it into a URL. It never holds a control character.
        pub fn site<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.field(ctx, memo, "site", Image::site)
        }

        /// The software component that made the URL, decoded; a claim, and NULL, as `site` is.
        pub fn generator<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.field(ctx, memo, "generator", Image::generator)
        }

        /// What the URL asks for: `original`, `thumbnail`, …, decoded; a claim, and NULL, as `site` is.
        pub fn format<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.field(ctx, memo, "format", Image::format)
        }

        /// The class that the policy puts the generator in; `unknown` where it names none. A claim, and NULL, as `site` is.
        pub fn source<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.field(ctx, memo, "source", Image::source)
        }

        /// Time since the URL was sealed, in whole seconds, never negative; `0s` where no seal proves it, and where its time lies ahead. Up to one
        /// granularity of its source (a day, where the policy says nothing else) more than the time since somebody asked for the URL: signers round
        /// down.
        pub fn age(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &mut Option<Box<Memo>>,
        ) -> Result<Duration, VclError> {
            guard(ctx, "age", Duration::ZERO, |ctx| Ok(self.0.image(ctx, memo)?.age))
        }

        /// Whether the URL is genuine and not older than its source allows: `verify()` is `valid`.
        pub fn is_fresh(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &mut Option<Box<Memo>>,
        ) -> Result<bool, VclError> {
            guard(ctx, "is_fresh", false, |ctx| Ok(self.0.image(ctx, memo)?.is_fresh()))
        }

        /// # The request
        ///
        /// What the token of the request is worth: `none`, `valid`, or why it makes no session, such as `expired` or `bad_signature`
        /// ([all of them](../sessions.md#what-a-status-means)).
        pub fn session(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &mut Option<Box<Memo>>,
        ) -> Result<&'static str, VclError> {
            guard(ctx, "session", "none", |ctx| Ok(self.0.decision(ctx, memo)?.session.as_str()))
        }

        /// Whose session it is, as 16 hex digits of a keyed hash; NULL without a session, and for a token that names nobody.
        pub fn subject<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.text(ctx, memo, "subject", Decision::subject)
        }

        /// How far the client is trusted: `A` own network, `B` verified crawler, `C` session, `D` names a contact, `E` everyone else, `F` known for
        /// abuse.
        pub fn tier(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &mut Option<Box<Memo>>,
        ) -> Result<&'static str, VclError> {
            guard(ctx, "tier", "E", |ctx| Ok(self.0.decision(ctx, memo)?.tier.as_str()))
        }

        /// What is known of the client, as in `X-Provenance`: `net=unknown`, `cloud=cumulus;impostor=examplebot`.
        pub fn labels<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.text(ctx, memo, "labels", Decision::labels)
        }

        /// Class of the [user agent](../user-agents.md).
        pub fn ua_class<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.text(ctx, memo, "ua_class", Decision::ua_class)
        }

        /// The contact that the user agent names, or NULL. Anybody can write down any.
        pub fn contact<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.text(ctx, memo, "contact", Decision::contact)
        }

        /// The `id` of the [verified crawler](../networks.md#crawlers) that asks; NULL for everybody else.
        pub fn client<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.text(ctx, memo, "client", Decision::client)
        }

        /// How much the request looks like one that a browser sent, 0 to 100 ([browser-score.md](../browser-score.md)); 0 in other tiers than C and E.
        /// [Lower than the agent's](../vmod.md#what-differs-from-the-agent).
        pub fn browser_score(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &mut Option<Box<Memo>>,
        ) -> Result<i64, VclError> {
            guard(ctx, "browser_score", 0, |ctx| Ok(self.0.decision(ctx, memo)?.browser_score.into()))
        }

        /// Whether the path is one of section `sitemaps`, [however it is spelt](../sitemaps.md#what-is-a-sitemap). Makes no verdict.
        pub fn is_sitemap(&self, ctx: &mut Ctx) -> Result<bool, VclError> {
            guard(ctx, "is_sitemap", true, |ctx| self.0.is_sitemap(ctx))
        }

        /// Whether the request is for a sitemap, and the policy keeps it from this client. Costs a look at the path where it is none.
        pub fn sitemap_denied(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &mut Option<Box<Memo>>,
        ) -> Result<bool, VclError> {
            guard(ctx, "sitemap_denied", true, |ctx| self.0.is_sitemap_denied(ctx, memo))
        }

        /// Whether the policy refuses the request, by anything but a rate limit: a sitemap, a network known for abuse, a user agent whose stage is a
        /// block, a rule for images. False for what is in shadow.
        pub fn denied(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &mut Option<Box<Memo>>,
        ) -> Result<bool, VclError> {
            guard(ctx, "denied", true, |ctx| Ok(self.0.decision(ctx, memo)?.is_denied))
        }

        /// The rule that decided, such as `ua.none`; of a request that passes as well: `default`, `session.valid`, `shadow`.
        pub fn reason<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.text(ctx, memo, "reason", Decision::reason)
        }

        /// The code of that rule and its stage, such as `ed48a4f`, as answers print it.
        pub fn code<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.text(ctx, memo, "code", Decision::code)
        }

        /// The body of the [answer](../answers.md) to a refused request: JSON, HTML or text, by what it accepts; NULL where nothing is refused.
        pub fn error_page<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.text(ctx, memo, "error_page", Decision::error_page)
        }

        /// The `Content-Type` of that answer, or NULL.
        pub fn error_content_type<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.text(ctx, memo, "error_content_type", Decision::error_content_type)
        }

        /// The `Content-Security-Policy` of that answer where it is HTML, else NULL.
        pub fn error_content_security_policy<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
        ) -> Result<Option<&'m [u8]>, VclError> {
            self.text(ctx, memo, "error_content_security_policy", Decision::error_content_security_policy)
        }

        /// # The cache key, and new seals
        ///
        /// `url` without the provenance parameters, those that the policy lists in `strip`, and the `query_parameter` of section `sessions`; all else byte
        /// for byte. A URL that is nothing but those becomes `/`. Any URL, not only that of the request; works without a request, too.
        pub fn strip<'m>(
            &self,
            ctx: &mut Ctx,
            #[shared_per_task] memo: &'m mut Option<Box<Memo>>,
            url: &'m CStr,
        ) -> Result<Option<&'m [u8]>, VclError> {
            let url = url.to_bytes();
            guard(ctx, "strip", Some(url), |ctx| Ok(Some(self.0.strip(ctx, memo, url))))
        }

        /// `url` with a seal, made now by the key with `sign: true`, in the scope of `source`; what provenance it had is replaced. `url` is absolute, or a
        /// path for the request's `Host`; without a request, absolute alone. An empty site or format is left out.
        ///
        /// Never fails a request: a URL that cannot be sealed comes back as it was, and `varnishlog -g raw -i VCL_Error` says why: no such source, a
        /// generator that the source does not name, a control character, not UTF-8, no host, no key that signs.
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
