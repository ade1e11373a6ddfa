# SPDX-License-Identifier: Apache-2.0
"""Makes a transformer of a hundred thousand parameters that nobody trained, in the folder that is named. Each character is a token."""

import string
import sys

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

MARKS = ["<|unknown|>", "<|begin|>", "<|end|>"]
TEMPLATE = (
    "{% for message in messages %}<|begin|>{{ message.role }}\n{{ message.content }}"
    "{% for call in message.tool_calls or [] %}<tool_call>{{ call.function | tojson }}</tool_call>{% endfor %}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|begin|>assistant\n{% endif %}"
)

folder = sys.argv[1]
tokens = {token: number for number, token in enumerate([*MARKS, *string.digits, *string.ascii_letters, *string.punctuation, " ", "\n"])}
characters = Tokenizer(models.WordLevel(tokens, unk_token=MARKS[0]))
characters.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
characters.decoder = decoders.Fuse()
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=characters, unk_token=MARKS[0], eos_token=MARKS[2], additional_special_tokens=[MARKS[1]],
    clean_up_tokenization_spaces=False,
)
tokenizer.chat_template = TEMPLATE
tokenizer.save_pretrained(folder)

torch.manual_seed(7)
model = LlamaForCausalLM(LlamaConfig(
    vocab_size=len(tokens), hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
    max_position_embeddings=1024, bos_token_id=tokens["<|begin|>"], eos_token_id=tokens["<|end|>"], tie_word_embeddings=False,
))
# So that what comes before decides what is said: with the usual small numbers any character would stay about as likely as any other.
with torch.no_grad():
    model.lm_head.weight.mul_(10)
model.save_pretrained(folder)
