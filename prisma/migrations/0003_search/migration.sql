-- CreateIndex
CREATE INDEX "papers_categories_idx" ON "papers" USING GIN ("categories");

-- The words of all authors' names. Declared immutable, so that an index can be made on it: of texts it is.
CREATE FUNCTION "author_words" (names text[]) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT string_to_array(array_to_string(names, ' '), ' ') $$;

CREATE INDEX "papers_author_words_idx" ON "papers" USING GIN (author_words("author_keys"));
