# SPDX-License-Identifier: Apache-2.0
"""A transformer whose weights nobody changes, and the low-rank matrices beside them (LoRA, arXiv 2106.09685), which are trained."""

import json
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer

Tensors = dict[str, Tensor]

torch.use_deterministic_algorithms(True, warn_only=True)


class Base:
    def __init__(self, folder: Path, rank: int, alpha: int, targets: str) -> None:
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        folder, source = found(folder)
        self.tokenizer = AutoTokenizer.from_pretrained(folder, **source)
        # Whatever precision the files have: sampling and training agree in 32 bits.
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, **source)
        self.vocabulary: int = model.get_input_embeddings().num_embeddings
        self.context: int = model.config.max_position_embeddings
        self.ends: set[int] = {self.tokenizer.eos_token_id, *listed(model.generation_config.eos_token_id)} - {None}
        self.adapter = {"rank": rank, "alpha": alpha, "targets": targets}
        torch.manual_seed(0)  # All that begin anew begin with the same matrices.
        within = targets if targets == "all-linear" else targets.split(",")
        config = LoraConfig(r=rank, lora_alpha=alpha, target_modules=within, lora_dropout=0.0, task_type="CAUSAL_LM")
        self.model = get_peft_model(model, config).to(self.device).eval()
        self.fresh: Tensors = {
            name: weight.detach().clone() for name, weight in self.model.named_parameters() if weight.requires_grad
        }
        self.model.requires_grad_(False)

    def run(self, weights: Tensors, ids: Tensor, **more):
        """The base with these matrices; they are nowhere but in this call, so that any number of models share the base."""
        return torch.func.functional_call(self.model, weights, args=(), kwargs={"input_ids": ids, **more}, tie_weights=False)

    def weights(self, file: Path | None) -> Tensors:
        """To begin with."""
        if file is None:
            return {name: weight.clone() for name, weight in self.fresh.items()}
        return self.read(file)[0]["weights"]

    def read(self, file: Path) -> tuple[dict[str, Tensors], int]:
        """What was saved, and after how many steps."""
        parts: dict[str, Tensors] = {}
        try:
            with safe_open(file, framework="pt", device=str(self.device)) as saved:
                about = json.loads((saved.metadata() or {})["assay"])
                for name in saved.keys():
                    part, _, weight = name.partition(":")
                    parts.setdefault(part, {})[weight] = saved.get_tensor(name)
        except Exception as failed:
            raise IOError(f"{file.name} holds no weights that were saved here: {failed}") from failed
        if about["adapter"] != self.adapter or any(not self.fits(part) for part in parts.values()):
            raise IOError(f"{file.name} was saved of another base, or with {about['adapter']}; here it is {self.adapter}")
        return parts, about["steps"]

    def fits(self, part: Tensors) -> bool:
        return part.keys() == self.fresh.keys() and all(part[name].shape == self.fresh[name].shape for name in part)

    def write(self, file: Path, parts: dict[str, Tensors], steps: int) -> None:
        # One member, for several come in any order.
        about = {"assay": json.dumps({"adapter": self.adapter, "steps": steps}, sort_keys=True)}
        tensors = {f"{part}:{name}": tensor.detach().cpu() for part, named in parts.items() for name, tensor in named.items()}
        save_file(tensors, file, metadata=about)


def found(folder: Path) -> tuple[Path, dict]:
    """Where a model is: a folder as transformers saves them, or one GGUF file, or the folder that has it."""
    file = folder if folder.is_file() else next(iter(sorted(folder.glob("*.gguf"))), None)
    if file is None or (folder / "config.json").exists():
        return folder, {"local_files_only": True}
    return file.parent, {"gguf_file": file.name, "local_files_only": True}


def listed(ids: int | list[int] | None) -> list[int | None]:
    return ids if isinstance(ids, list) else [ids]
