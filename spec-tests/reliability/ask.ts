import { Agent } from "node:https";
import type { PlainObject } from "@portcullis/interpreter";
import type { Manager } from "../testbed/manager.ts";
import { reviewOf } from "../webhook.ts";
import type { AdmissionAnswer } from "../webhook.ts";
import { post } from "./load.ts";

// Past the Service and whatever certificate is served at the moment: one replica is asked about its policies.
const agent = new Agent({ rejectUnauthorized: false });

/** What one replica answers to the creation of an object. */
export function askReplica({ port }: Manager, object: PlainObject): Promise<AdmissionAnswer> {
  return post(agent, "/v1/admit", JSON.stringify(reviewOf(object, "CREATE")), port);
}
