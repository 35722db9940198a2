//! The agent that HAProxy asks for a verdict on each request, over SPOP 2.0.
//!
//! Data flows through the modules in this order:
//!
//! 1. [`args`]: the command line, with every default; an [`address`] is where to listen. [`run`] starts everything in order.
//! 2. [`listener`]: a TCP or unix socket that is bound, or that [`systemd`] has passed; a unix socket's file goes when the listener goes.
//! 3. [`server`]: accepts, holds the number of connections below its maximum ([`open_files`]), counts them ([`connection_counts`]), and
//!    ends all of them on a [`stop`]; [`lifecycle`] says where it stands.
//! 4. [`connection`]: one connection's socket, buffers and deadlines. It reads what there is, has it answered, and writes all
//!    answers at once. A [`deadline`] bounds each wait, and [`ending`] tells why it ended.
//! 5. [`session`]: the protocol of one connection, bytes in and bytes out: hello, then an ACK for each NOTIFY.
//! 6. [`check_request`]: the message of a NOTIFY as a request that a policy can judge.
//! 7. [`service`]: the policy that is [`in_force`] and its rate-limit table, asked for a verdict at the time of the [`clock`].
//!    A [`tally`] counts what it said by [`names`], a [`report`] tells it each minute, and a [`decision_log`] shows a sample.
//! 8. [`answer`]: the verdict as variables of HAProxy's transaction.
//!
//! Beside this way, and never in it: [`reload`] puts another policy into force when [`watch`] sees its files change or a signal says so;
//! [`admin`] answers by HTTP, [`metrics`] among others.
//!
//! [`logging`], [`throttle`] and [`untrusted`] keep the log readable whatever a peer does; [`error`] is what keeps the agent from starting.

pub mod address;
pub mod args;
pub mod run;

pub mod listener;
pub mod systemd;

pub mod connection_counts;
pub mod lifecycle;
pub mod open_files;
pub mod server;
pub mod stop;

pub mod connection;
pub mod deadline;
pub mod ending;

pub mod session;

pub mod check_request;
pub mod clock;
pub mod decision_log;
pub mod in_force;
pub mod names;
pub mod report;
pub mod service;
pub mod tally;

pub mod answer;

pub mod reload;
pub mod watch;

pub mod admin;
pub mod metrics;

pub mod logging;
pub mod throttle;
pub mod untrusted;

pub mod error;
