#!/usr/bin/env node
import { onNewEnoughNode } from "./node-version.js";

if (await onNewEnoughNode(import.meta.url)) await import("../dist/src/cli/main.js");
