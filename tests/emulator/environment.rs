//! The environment that the AWS CLI reads: profiles, external credential processes, Regions, endpoints, proxies.

use std::collections::BTreeSet;
use std::fs;

use landfall_aws::{Aws, Options};
use landfall_engine::FaultKind;
use landfall_engine::port::{Access, Cloud};
use landfall_model::Region;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::adapter::in_environment;
use super::proxy::{Proxy, Script};
use super::{ministack, wanted};

/// Where the ignored tests below take the home Region from.
const HOME: &str = "LANDFALL_TEST_HOME";

async fn run(test: &'static str, environment: Vec<(&'static str, String)>) {
    let run = move || {
        let environment: Vec<(&str, &str)> = environment.iter().map(|(key, value)| (*key, value.as_str())).collect();
        in_environment(&format!("emulator::environment::{test}"), &environment);
    };
    tokio::task::spawn_blocking(run).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_names_credentials_region_and_endpoint() {
    if wanted() {
        let server = ministack::start();
        let proxy = Proxy::start(server.address(), Script::default()).await;
        let room = tempfile::tempdir().unwrap();
        let keys = room.path().join("keys.json");
        // At ministack an access key id of twelve digits is that account.
        let given = r#"{ "Version": 1, "AccessKeyId": "222222222222", "SecretAccessKey": "landfall" }"#;
        fs::write(&keys, given).unwrap();
        let config = room.path().join("config");
        let profile =
            format!("[profile landing]\nregion = eu-north-1\ncredential_process = /bin/cat {}\n", keys.display());
        fs::write(&config, profile).unwrap();
        let environment = vec![
            (HOME, "eu-west-1".to_owned()),
            ("AWS_PROFILE", "landing".to_owned()),
            ("AWS_CONFIG_FILE", config.to_str().unwrap().to_owned()),
            ("AWS_ENDPOINT_URL_STS", proxy.url()),
            ("NO_PROXY", "127.0.0.1".to_owned()),
        ];
        run("caller_of_the_profile", environment).await;
        assert_eq!(proxy.tally().scopes, BTreeSet::from([("sts".to_owned(), "eu-north-1".to_owned())]));
    }
}

#[tokio::test]
#[ignore = "run with an environment by the test above"]
async fn caller_of_the_profile() {
    let home_region = Region::new(std::env::var(HOME).unwrap()).unwrap();
    let aws = Aws::connect(Options { home_region }).await.unwrap();
    assert_eq!(aws.caller().await.unwrap().account.as_str(), "222222222222");
}

/// Which hosts are called from a home Region, seen by a proxy that lets nobody through.
async fn hosts(home: &str, region: &str) -> BTreeSet<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    let seen = tokio::spawn(async move {
        let mut hosts = BTreeSet::new();
        while hosts.len() < 4 {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = [0; 512];
            let read = stream.read(&mut head).await.unwrap();
            let head = String::from_utf8_lossy(&head[..read]).into_owned();
            let host = head.strip_prefix("CONNECT ").and_then(|rest| rest.split(':').next());
            hosts.insert(host.unwrap_or(&head).to_owned());
            stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        }
        hosts
    });
    let environment = vec![
        (HOME, home.to_owned()),
        ("AWS_REGION", region.to_owned()),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "landfall".to_owned()),
        ("HTTPS_PROXY", proxy),
    ];
    run("every_service", environment).await;
    seen.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_partition_has_its_own_endpoints() {
    let named = |names: [&str; 4]| names.into_iter().map(ToOwned::to_owned).collect::<BTreeSet<_>>();
    let commercial = named([
        "cloudformation.eu-west-1.amazonaws.com",
        "iam.amazonaws.com",
        "organizations.us-east-1.amazonaws.com",
        "sts.eu-central-1.amazonaws.com",
    ]);
    assert_eq!(hosts("eu-west-1", "eu-central-1").await, commercial);
    // A Region of another partition in the environment is passed over.
    let china = named([
        "cloudformation.cn-north-1.amazonaws.com.cn",
        "iam.cn-north-1.amazonaws.com.cn",
        "organizations.cn-northwest-1.amazonaws.com.cn",
        "sts.cn-north-1.amazonaws.com.cn",
    ]);
    assert_eq!(hosts("cn-north-1", "eu-central-1").await, china);
    let government = named([
        "cloudformation.us-gov-east-1.amazonaws.com",
        "iam.us-gov.amazonaws.com",
        "organizations.us-gov-west-1.amazonaws.com",
        "sts.us-gov-east-1.amazonaws.com",
    ]);
    assert_eq!(hosts("us-gov-east-1", "").await, government);
}

#[tokio::test]
#[ignore = "run with an environment by the test above"]
async fn every_service() {
    let home_region = Region::new(std::env::var(HOME).unwrap()).unwrap();
    let aws = Aws::connect(Options { home_region: home_region.clone() }).await.unwrap();
    let session = aws.enter(&Access::Own).await.unwrap();
    let kinds = [
        aws.caller().await.unwrap_err().kind,
        aws.organizations().describe().await.unwrap_err().kind,
        session.identities().role(&"x".parse().unwrap()).await.unwrap_err().kind,
        session.stacks(&home_region).list().await.unwrap_err().kind,
    ];
    assert_eq!(kinds, [FaultKind::Transient; 4]);
}
