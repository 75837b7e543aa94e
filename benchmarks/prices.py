"""List prices of us-east-1 in USD, without free tiers, as known on 2026-11-23.

The page of each stands beside it; prices change, and who needs to be sure looks there.
"""

AS_OF = "2026-11-23"
REGION = "us-east-1"

MILLION = 1_000_000

LAMBDA_REQUEST = 0.20 / MILLION  # https://aws.amazon.com/lambda/pricing/
LAMBDA_GB_SECOND = 0.0000133334  # arm64, the same page
DYNAMODB_WRITE = 0.625 / MILLION  # on demand, https://aws.amazon.com/dynamodb/pricing/on-demand/
DYNAMODB_READ = 0.125 / MILLION  # the same page
DYNAMODB_GB_MONTH = 0.25  # the same page; with point-in-time recovery 0.20 more
DYNAMODB_BACKUP_GB_MONTH = 0.20
SQS_STANDARD = 0.40 / MILLION  # https://aws.amazon.com/sqs/pricing/
SQS_FIFO = 0.50 / MILLION  # the same page
EVENTBRIDGE_EVENT = 1.00 / MILLION  # custom events, https://aws.amazon.com/eventbridge/pricing/
SNS_PUBLISH = 0.50 / MILLION  # https://aws.amazon.com/sns/pricing/
SNS_EMAIL = 2.00 / 100_000  # the same page
LOGS_GB = 0.50  # https://aws.amazon.com/cloudwatch/pricing/
METRIC_MONTH = 0.30  # custom metrics, the same page
ALARM_MONTH = 0.10  # at standard resolution, the same page
XRAY_TRACE = 5.00 / MILLION  # https://aws.amazon.com/xray/pricing/
KMS_KEY_MONTH = 1.00  # https://aws.amazon.com/kms/pricing/
KMS_REQUEST = 0.03 / 10_000  # the same page
