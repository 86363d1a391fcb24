#!/usr/bin/env node
import { onNewEnoughNode } from "@portcullis/interpreter/node-version";

if (await onNewEnoughNode(import.meta.url)) await import("../dist/src/cli/main.js");
