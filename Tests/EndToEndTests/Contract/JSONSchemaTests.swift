import Testing

/// The judge is judged first: a validator that lets everything pass would make every contract test pass.
@Suite struct JSONSchemaTests {
    private func isValid(_ value: JSON, _ schema: String) throws -> Bool {
        let document = try JSON(yaml: "{positive: {type: integer, exclusiveMinimum: 0}}")
        return try JSONSchema(document: document).faults(of: value, under: try JSON(yaml: schema)).isEmpty
    }

    @Test(
        arguments: [
            ("{type: integer}", JSON.integer(3), JSON.number(3.5)),
            ("{type: integer}", .unsigned(.max), "3"),
            ("{type: [string, 'null']}", .null, 3),
            ("{type: boolean}", true, 1),
            ("{type: number, minimum: 0}", 0, -0.001),
            ("{maximum: 1}", 1, 1.001),
            ("{maximum: 18446744073709551615}", .unsigned(.max), .number(18_446_744_073_709_551_616)),
            ("{exclusiveMinimum: 0}", 0.001, 0),
            ("{exclusiveMaximum: 1}", 0.999, 1),
            ("{minLength: 1, maxLength: 2}", "ab", ""),
            ("{minLength: 1, maxLength: 2}", "a", "abc"),
            ("{pattern: '^job_[0-9a-z]{3}$'}", "job_0az", "job_0azz"),
            ("{enum: [a, 'true']}", "true", true),
            ("{const: auto}", "auto", "manual"),
            ("{format: date-time}", "2026-02-28T23:59:59.999Z", "2026-02-30T23:59:59Z"),
            ("{format: date-time}", "2026-02-28T23:59:59Z", "2026-02-28 23:59:59Z"),
            ("{items: {type: integer}}", [1, 2], [1, "2"]),
            ("{minItems: 1, maxItems: 2}", [1], []),
            ("{minItems: 1, maxItems: 2}", [1, 2], [1, 2, 3]),
            ("{required: [a]}", ["a": 1], ["b": 1]),
            ("{properties: {a: {type: string}}}", ["a": "x", "b": 1], ["a": 1]),
            ("{properties: {a: {}}, additionalProperties: false}", ["a": 1], ["a": 1, "b": 2]),
            ("{additionalProperties: {type: string}}", ["a": "x"], ["a": 1]),
            ("{propertyNames: {pattern: '^[a-z]$'}}", ["a": 1], ["A": 1]),
            ("{if: {required: [a]}, then: {required: [b]}}", ["a": 1, "b": 2], ["a": 1]),
            ("{if: {required: [a]}, then: {required: [b]}}", ["c": 1], ["a": 1]),
            ("{maxProperties: 1}", ["a": 1], ["a": 1, "b": 2]),
            ("{oneOf: [{type: integer}, {type: 'null'}]}", .null, "x"),
            ("{oneOf: [{type: integer}, {type: number}]}", 1.5, 1),
            ("{$ref: '#/positive'}", 1, 0),
        ] as [(String, JSON, JSON)])
    func tellsValidFromInvalid(schema: String, valid: JSON, invalid: JSON) throws {
        #expect(try isValid(valid, schema))
        #expect(try !isValid(invalid, schema))
    }

    @Test(arguments: [
        "{multipleOf: 2}", "{allOf: []}", "{properties: {a: {uniqueItems: true}}}", "{items: {not: {}}}",
        "{oneOf: [{not: true}]}", "{format: email}", "{$ref: '#/nowhere'}", "{pattern: '('}",
    ])
    func refusesWhatItDoesNotKnow(schema: String) throws {
        #expect(throws: (any Error).self) {
            try JSONSchema(document: [:]).checkKeywords(of: try JSON(yaml: schema))
        }
    }

    @Test func anUnknownKeywordIsAnErrorWhileValidatingToo() throws {
        #expect(throws: JSONSchema.UnknownKeyword.self) { try isValid(3, "{multipleOf: 2}") }
    }

    @Test func readsYAMLAsTheJSONItStandsFor() throws {
        let yaml = """
            base: &base {plain: 200, quoted: '200', 'true': 'false', big: 18446744073709551615}
            again: *base
            list: [true, null, 1.5, text]
            """
        let base: JSON = ["plain": 200, "quoted": "200", "true": "false", "big": .unsigned(.max)]
        #expect(try JSON(yaml: yaml) == ["base": base, "again": base, "list": [true, .null, 1.5, "text"]])
    }
}
