//! Data at rest: S3, DynamoDB, Secrets Manager, KMS.

use landfall_model::{AccessMode, Arn};

use crate::{ArnAccount, Condition, OperatorKind, Statement, arn, own_arn};

/// Objects of a bucket. Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3":
/// `ListBucket` is an action on the bucket, with `s3:prefix` as its only means to narrow it; the others are actions on
/// objects. `P/*` and never `P*`, which would match the sibling `P-evil`; it also matches the prefix `P/` itself,
/// because `*` stands for no character, too.
pub(super) fn s3(bucket: &str, prefix: Option<&str>, mode: AccessMode) -> Vec<Statement> {
    let below = prefix.map_or_else(|| "*".to_owned(), |prefix| [&exact(prefix), "/*"].concat());
    let objects = arn("s3", "", ArnAccount::None, [bucket, below.as_str()].join("/"));
    match mode {
        AccessMode::Read => {
            let list = Statement::allow("S3List", ["s3:ListBucket"]).on([arn("s3", "", ArnAccount::None, bucket)]);
            let list = match prefix {
                Some(_) => list.when(Condition::new(OperatorKind::StringLike, "s3:prefix", [below])),
                None => list,
            };
            vec![list, Statement::allow("S3Read", ["s3:GetObject"]).on([objects])]
        }
        // The parts of an upload are what the writer itself has put there; reading an object is not among it.
        AccessMode::Write => vec![
            Statement::allow("S3Write", ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"])
                .on([objects]),
        ],
        AccessMode::Delete => {
            vec![Statement::allow("S3Delete", ["s3:DeleteObject", "s3:DeleteObjectVersion"]).on([objects])]
        }
    }
}

/// A text that IAM takes as it stands. Source: IAM User Guide, "IAM policy elements: Variables and tags": `${*}`,
/// `${?}` and `${$}` are the characters themselves.
fn exact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '*' => out.push_str("${*}"),
            '?' => out.push_str("${?}"),
            '$' => out.push_str("${$}"),
            _ => out.push(c),
        }
    }
    out
}

/// Secrets below a path. The ARN ends in a hyphen and six random characters behind the secret's name, which keeps its
/// leading slash: `secret:/batch-jobs/ml/key-AbCdEf`. Source: Secrets Manager User Guide, "Authentication and access
/// control": `DescribeSecret` tells an application which version is current.
pub(super) fn secrets(path: &str) -> Vec<Statement> {
    let below = ["secret:", path, "/*"].concat();
    vec![Statement::allow("SecretsRead", ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]).on([arn(
        "secretsmanager",
        "*",
        ArnAccount::Own,
        below,
    )])]
}

/// Items of a table. Only queries and scans know indexes. `BatchWriteItem` stands in no mode, because it puts and
/// deletes at once. Source: Service Authorization Reference, "Amazon DynamoDB".
pub(super) fn dynamodb(table: &str, mode: AccessMode) -> Vec<Statement> {
    let table = ["table/", table].concat();
    let items = || arn("dynamodb", "*", ArnAccount::Own, &table);
    match mode {
        AccessMode::Read => vec![
            Statement::allow(
                "DynamodbRead",
                [
                    "dynamodb:BatchGetItem",
                    "dynamodb:ConditionCheckItem",
                    "dynamodb:DescribeTable",
                    "dynamodb:GetItem",
                    "dynamodb:Query",
                    "dynamodb:Scan",
                ],
            )
            .on([items(), arn("dynamodb", "*", ArnAccount::Own, [&table, "/index/*"].concat())]),
        ],
        AccessMode::Write => {
            vec![Statement::allow("DynamodbWrite", ["dynamodb:PutItem", "dynamodb:UpdateItem"]).on([items()])]
        }
        AccessMode::Delete => vec![Statement::allow("DynamodbDelete", ["dynamodb:DeleteItem"]).on([items()])],
    }
}

/// A key. A multipart upload into an encrypted bucket needs both modes: S3 decrypts the parts when it joins them.
/// Nothing is deleted with a key, so that mode gives nothing. Source: AWS KMS Developer Guide, "Key policies", "key
/// users".
pub(super) fn kms(key: &Arn, mode: AccessMode) -> Vec<Statement> {
    match mode {
        AccessMode::Read => vec![Statement::allow("KmsRead", ["kms:Decrypt", "kms:DescribeKey"]).on([own_arn(key)])],
        AccessMode::Write => vec![
            Statement::allow("KmsWrite", ["kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"]).on([own_arn(key)]),
        ],
        AccessMode::Delete => Vec::new(),
    }
}
