import{a as o,b as t}from"./chunk-A54IZX7L.js";import"./chunk-Z4AZ7EAD.js";function e(){return o(t,{title:"Dashboard",children:"\u2026"})}export{e as default};
