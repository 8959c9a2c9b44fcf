// What the device knows of a photo just chosen: when the file was written, and where the device is now.
// The photo's own account comes first, on the server; here nothing is shown as the photo's.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || input.type !== "file") return;
  const field = input.closest("[data-photos]");
  if (!field) return;
  const hidden = (name) => field.querySelector(`[name=${name}]`);
  hidden("device_at").value = [...input.files].map((file) => file.lastModified).join(",");
  if (!input.files.length || !navigator.geolocation) return;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      hidden("device_longitude").value = coords.longitude;
      hidden("device_latitude").value = coords.latitude;
    },
    () => {}, // refused or unknown: the person may say where
    { enableHighAccuracy: true, maximumAge: 60000, timeout: 10000 },
  );
});
