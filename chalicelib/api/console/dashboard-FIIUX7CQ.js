import{ja as o,la as t}from"./chunk-DRBH7T5H.js";function e(){return o(t,{title:"Dashboard",children:"\u2026"})}export{e as default};
