import{a as e,b as o}from"./chunk-A54IZX7L.js";import"./chunk-Z4AZ7EAD.js";function a(){return e(o,{title:"Mailboxes",children:"\u2026"})}export{a as default};
