/* The distance of two atoms, the angle of three, the torsion of four. */
window.retortMeasure = (function () {
  'use strict';
  function between(a, b) { return [b.x - a.x, b.y - a.y, b.z - a.z]; }
  function dot(u, v) { return u[0] * v[0] + u[1] * v[1] + u[2] * v[2]; }
  function cross(u, v) { return [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]]; }
  function degrees(radians) { return (radians * 180 / Math.PI).toFixed(1) + '°'; }
  return function (atoms) {
    if (atoms.length === 2) { return Math.sqrt(dot(between(atoms[0], atoms[1]), between(atoms[0], atoms[1]))).toFixed(3) + ' Å'; }
    if (atoms.length === 3) {
      var u = between(atoms[1], atoms[0]), v = between(atoms[1], atoms[2]);
      return degrees(Math.acos(Math.max(-1, Math.min(1, dot(u, v) / Math.sqrt(dot(u, u) * dot(v, v))))));
    }
    // IUPAC's sign: clockwise from front to rear is positive
    var b1 = between(atoms[0], atoms[1]), b2 = between(atoms[1], atoms[2]), b3 = between(atoms[2], atoms[3]);
    var n1 = cross(b1, b2), n2 = cross(b2, b3);
    return degrees(Math.atan2(Math.sqrt(dot(b2, b2)) * dot(b1, n2), dot(n1, n2)));
  };
})();
