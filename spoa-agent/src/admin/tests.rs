use super::*;
use crate::stop;

/// When to give up on something that does not happen.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn requests_that_hold_all_places_do_not_delay_the_end() {
    let admin = Admin::new(Context::of_the_policy_that_ships());
    let permits = Arc::clone(&admin.permits);
    let _held = permits.acquire_many_owned(MAX_CONNECTIONS.try_into().unwrap()).await.unwrap();
    let listener = Listener::bind(&"127.0.0.1:0".parse().unwrap()).await.unwrap();
    let (stopper, stop) = stop::channel();
    let running = tokio::spawn(admin.run(vec![listener], stop));
    tokio::task::yield_now().await;
    stopper.stop();
    timeout(PATIENCE, running).await.expect("it waits for a place").unwrap();
}
