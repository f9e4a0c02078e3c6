import type { TypedDocument } from '@auth-subgraph/client';
import { createUseMe, useAuth } from '@auth-subgraph/client/react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { auth } from './auth.js';

interface Post {
  readonly id: string;
  readonly title: string;
}

type NoVariables = Record<string, never>;

// These fields belong to the posts subgraph, except `firstName` and `email`, which belong to the auth subgraph.
const POSTS: TypedDocument<
  { posts: readonly (Post & { readonly author: { readonly firstName: string | null } | null })[] | null },
  NoVariables
> = 'query Posts { posts { id title author { firstName } } }';
const OWN_POSTS: TypedDocument<
  { me: { readonly email: string; readonly posts: readonly Post[] | null } | null },
  NoVariables
> = 'query OwnPosts { me { email posts { id title } } }';
const CREATE_POST: TypedDocument<{ createPost: { readonly id: string } | null }, { readonly title: string }> =
  'mutation CreatePost($title: String!) { createPost(title: $title) { id } }';

const useOwnPosts = createUseMe(OWN_POSTS);

/** Everybody's posts, and a form for the signed-in user. */
export function Posts(): ReactElement {
  const { status } = useAuth();
  const { data, error } = useQuery({ queryKey: ['posts'], queryFn: () => auth.request(POSTS, {}) });
  return (
    <>
      <h1>Posts</h1>
      {status === 'signedIn' && <NewPost />}
      {error && <p role="alert">The posts cannot be loaded.</p>}
      <ul>
        {data?.posts?.map(({ id, title, author }) => (
          <li key={id}>
            {title} – {author?.firstName ?? 'somebody'}
          </li>
        ))}
      </ul>
    </>
  );
}

function NewPost(): ReactElement {
  const queries = useQueryClient();
  const { mutate, error, isPending } = useMutation({
    mutationFn: (title: string) => auth.request(CREATE_POST, { title }),
    onSuccess: () => queries.invalidateQueries(),
  });
  const submit = (form: FormData): void => mutate(form.get('title') as string);
  return (
    <form action={submit}>
      <label>
        Title <input name="title" required />
      </label>
      <button disabled={isPending}>Publish</button>
      {error && <p role="alert">{error.message}</p>}
    </form>
  );
}

/** The posts of the signed-in user. */
export function OwnPosts(): ReactElement {
  const { data, error } = useOwnPosts();
  return (
    <>
      <h1>My posts</h1>
      {error && <p role="alert">The posts cannot be loaded.</p>}
      {data?.me && <p>Signed in as {data.me.email}</p>}
      <ul>
        {data?.me?.posts?.map(({ id, title }) => (
          <li key={id}>{title}</li>
        ))}
      </ul>
    </>
  );
}
