//! The configuration that all clients share, and the one HTTP client beneath them.

use std::sync::OnceLock;
use std::time::Duration;

use aws_config::environment::region::EnvironmentVariableRegionProvider;
use aws_config::identity::IdentityCache;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector, http_client_fn};
use landfall_model::{Partition, Region};

use crate::calls::Calls;

/// Long enough for a slow network, short enough that a dead endpoint is noticed.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// `GetAccountAuthorizationDetails` of a large account is the slowest answer.
const READ_TIMEOUT: Duration = Duration::from_secs(60);
/// Signing in through a browser's session or an external process takes longer than the SDK's five seconds.
const CREDENTIALS_TIMEOUT: Duration = Duration::from_secs(60);
/// As many idle connections as the engine has calls in flight at most.
const IDLE_CONNECTIONS: usize = 64;

/// What is not in the environment.
#[derive(Debug, Clone)]
pub struct Options {
    /// The configuration's home Region: it tells the partition, and stands in where the environment names no Region.
    pub home_region: Region,
}

/// Makes clients. They share one configuration, one HTTP client and one count of calls.
pub(crate) struct Clients {
    config: SdkConfig,
    partition: Partition,
    pub(crate) calls: Calls,
}

impl Clients {
    /// Reads the environment and the AWS configuration files. No call is made, and no credentials are asked for yet.
    pub(crate) async fn load(options: &Options) -> Self {
        let partition = options.home_region.partition();
        let region = region(&options.home_region).await;
        let config = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .region(region)
            .http_client(http_client())
            .identity_cache(IdentityCache::lazy().load_timeout(CREDENTIALS_TIMEOUT).build())
            .timeout_config(
                TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).read_timeout(READ_TIMEOUT).build(),
            )
            .load()
            .await;
        Self { config, partition, calls: Calls::default() }
    }

    /// The partition of the home Region.
    pub(crate) fn partition(&self) -> Partition {
        self.partition
    }

    /// STS of the environment's Region, with the caller's own credentials.
    pub(crate) fn sts(&self) -> aws_sdk_sts::Client {
        let config = aws_sdk_sts::config::Builder::from(&self.config).retry_config(RetryConfig::disabled());
        aws_sdk_sts::Client::from_conf(config.build())
    }

    /// Organizations, with the caller's own credentials.
    pub(crate) fn organizations(&self) -> aws_sdk_organizations::Client {
        let config = aws_sdk_organizations::config::Builder::from(&self.config)
            .region(self.global_region())
            .retry_config(RetryConfig::disabled());
        aws_sdk_organizations::Client::from_conf(config.build())
    }

    /// IAM with somebody's credentials.
    pub(crate) fn iam(&self, credentials: &Credentials) -> aws_sdk_iam::Client {
        let mut config = aws_sdk_iam::config::Builder::from(&self.config)
            .region(self.global_region())
            .retry_config(RetryConfig::disabled());
        if let Credentials::Of(provider) = credentials {
            config = config.credentials_provider(provider.clone()).identity_cache(IdentityCache::no_cache());
        }
        aws_sdk_iam::Client::from_conf(config.build())
    }

    /// CloudFormation of a Region with somebody's credentials.
    pub(crate) fn cloudformation(&self, region: &Region, credentials: &Credentials) -> aws_sdk_cloudformation::Client {
        let mut config = aws_sdk_cloudformation::config::Builder::from(&self.config)
            .region(aws_config::Region::new(region.as_str().to_owned()))
            .retry_config(RetryConfig::disabled());
        if let Credentials::Of(provider) = credentials {
            config = config.credentials_provider(provider.clone()).identity_cache(IdentityCache::no_cache());
        }
        aws_sdk_cloudformation::Client::from_conf(config.build())
    }

    fn global_region(&self) -> aws_config::Region {
        aws_config::Region::from_static(self.partition.global_region())
    }
}

/// Whose credentials a client signs with.
#[derive(Clone)]
pub(crate) enum Credentials {
    /// The caller's own, from the environment.
    Own,
    /// Those of an assumed role. The provider keeps and refreshes them, so the SDK's own cache is left out.
    Of(SharedCredentialsProvider),
}

/// The environment's or the profile's Region, else the home Region. A Region of another partition than the home
/// Region's is passed over, since its STS does not know the accounts. The instance metadata service is not asked: where
/// there is none, that takes seconds.
async fn region(home: &Region) -> aws_config::Region {
    let chosen = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new())
        .or_else(ProfileFileRegionProvider::new())
        .region()
        .await;
    let same_partition = |region: &aws_config::Region| {
        Region::new(region.as_ref()).is_ok_and(|region| region.partition() == home.partition())
    };
    chosen.filter(same_partition).unwrap_or_else(|| aws_config::Region::new(home.as_str().to_owned()))
}

/// One connection pool for every client of every account. Proxies are taken from the environment, as the AWS CLI does.
/// The trusted certificates are only read when the first call is made.
fn http_client() -> SharedHttpClient {
    let connector: OnceLock<SharedHttpConnector> = OnceLock::new();
    http_client_fn(move |settings, components| {
        let made = connector.get_or_init(|| {
            let mut builder = Connector::builder()
                .connector_settings(settings.clone())
                .proxy_config(ProxyConfig::from_env())
                .pool_max_idle_per_host(IDLE_CONNECTIONS);
            builder.set_sleep_impl(components.sleep_impl());
            let tls = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);
            SharedHttpConnector::new(builder.tls_provider(tls).build())
        });
        made.clone()
    })
}
