import { ANY, STRING, arrayOf, named, objectOf, record, setOf, union } from "../value/type.ts";
import { defineBuiltins } from "./builtin.ts";
import { filterPaths, removePaths } from "./json/paths.ts";
import { applyPatches } from "./json/patch.ts";
import { pathTree } from "./json/path.ts";
import type { Value } from "../value/value.ts";
import { arrayOperand, objectOperand } from "./operands.ts";

export const jsonBuiltins = defineBuiltins([
  {
    name: "json.filter",
    decl: {
      args: [
        named("object", objectOf(ANY, ANY), "object to filter"),
        named(
          "paths",
          union(arrayOf(union(STRING, arrayOf(ANY))), setOf(union(STRING, arrayOf(ANY)))),
          "JSON string paths",
        ),
      ],
      result: named(
        "filtered",
        objectOf(ANY, ANY),
        "remaining data from `object` with only keys specified in `paths`",
      ),
    },
    description:
      'Filters the object. For example: `json.filter({"a": {"b": "x", "c": "y"}}, ["a/b"])` will result in `{"a": {"b": "x"}}`). Paths are not filtered in-order and are deduplicated before being evaluated.',
    categories: ["object"],
    run: ([object, paths], context) => filterPaths(objectOperand(object, 1), pathTree(paths), context),
  },
  {
    name: "json.remove",
    decl: {
      args: [
        named("object", objectOf(ANY, ANY), "object to remove paths from"),
        named(
          "paths",
          union(arrayOf(union(STRING, arrayOf(ANY))), setOf(union(STRING, arrayOf(ANY)))),
          "JSON string paths",
        ),
      ],
      result: named("output", objectOf(ANY, ANY), "result of removing all keys specified in `paths`"),
    },
    description:
      'Removes paths from an object. For example: `json.remove({"a": {"b": "x", "c": "y"}}, ["a/b"])` will result in `{"a": {"c": "y"}}`. Paths are not removed in-order and are deduplicated before being evaluated.',
    categories: ["object"],
    run: ([object, paths], context) => removePaths(objectOperand(object, 1), pathTree(paths), context),
  },
  {
    name: "json.patch",
    decl: {
      args: [
        named("target", ANY, "the object, array or set to patch"),
        named(
          "patches",
          arrayOf(record({ op: STRING, path: ANY }, { key: ANY, value: ANY })),
          "the JSON patches to apply",
        ),
      ],
      result: named(
        "output",
        ANY,
        "result obtained after consecutively applying all patch operations in `patches`",
      ),
    },
    description:
      'Patches an object according to RFC6902. For example: `json.patch({"a": {"foo": 1}}, [{"op": "add", "path": "/a/bar", "value": 2}])` results in `{"a": {"foo": 1, "bar": 2}`. The patches are applied atomically: if any of them fails, the result will be undefined. Additionally works on sets, where a value contained in the set is considered to be its path.',
    categories: ["object"],
    run: ([document, patches], context) => applyPatches(document as Value, arrayOperand(patches, 2), context),
  },
]);
