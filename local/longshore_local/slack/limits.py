"""What Slack takes, and what it refuses: numbers, and where they are published.

Messages: https://docs.slack.dev/reference/methods/chat.postMessage
Edits: https://docs.slack.dev/reference/methods/chat.update
Blocks: https://docs.slack.dev/reference/block-kit/blocks
Buttons: https://docs.slack.dev/reference/block-kit/block-elements/button-element
Confirmations: https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object

Three figures come from what people met, and are drawn at the strict side:

- Slack publishes that it cuts a text after 40,000 characters; the stand-in refuses it with
  `msg_too_long`, which the method's page lists too: a text that is cut is no better.
- chat.update answers `msg_too_long` above 4,000 characters, the length that its page recommends:
  https://github.com/F3-Nation/archive-slackblast/issues/64
- All blocks together answer `msg_blocks_too_long` at a length that is not published: 9,597
  characters were taken and 11,341 refused, 13,297 taken where all was one markdown block:
  https://github.com/slackapi/bolt-js/issues/2867, https://github.com/slackapi/bolt-js/issues/2509
"""

TEXT = 40_000
EDITED_TEXT = 4_000
ATTACHMENTS = 100

BLOCKS = 50
BLOCK_ID = 255
TEXT_OF_BLOCKS = 10_000
"""Characters in all blocks of a message together, those of markdown blocks left out."""
MARKDOWN = 12_000
"""Characters in all markdown blocks of a message together, and in all its blocks."""

HEADER = 150
SECTION = 3_000
FIELDS = 10
FIELD = 2_000
CONTEXT_ELEMENTS = 10
CONTEXT_TEXT = 3_000
"""The longest that any text object may be."""

ACTIONS = 25
BUTTON = 75
BUTTON_VALUE = 2_000
BUTTON_URL = 3_000
ACTION_ID = 255

IMAGE_URL = 3_000
IMAGE_TEXT = 2_000

CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30
