// What was drawn, kept by this browser: a reload or a new day loses nothing.

const NAME = "zeuxis-studio";
const PICTURES = "pictures";
const JOBS = "jobs"; // that were not over when this was written

let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(PICTURES, {keyPath: "key"});
      request.result.createObjectStore(JOBS, {keyPath: "id"});
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Error("this browser keeps no pictures here; they are gone after a reload"));
  });
  return opened;
}

async function run(store, mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode);
    const request = work(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(new Error("the browser could not keep this picture: " + transaction.error?.message));
  });
}

/** All of them, the latest first. */
export async function pictures() {
  return (await run(PICTURES, "readonly", store => store.getAll())).sort((a, b) => b.at - a.at || a.n - b.n);
}

export const keep = picture => run(PICTURES, "readwrite", store => store.put(picture));
export const remove = key => run(PICTURES, "readwrite", store => store.delete(key));
export const jobs = () => run(JOBS, "readonly", store => store.getAll());
export const keepJob = job => run(JOBS, "readwrite", store => store.put(job));
export const removeJob = id => run(JOBS, "readwrite", store => store.delete(id));
