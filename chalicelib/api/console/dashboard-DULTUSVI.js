import{ab as o,cb as t}from"./chunk-QKDOG3YL.js";function e(){return o(t,{title:"Dashboard",children:"\u2026"})}export{e as default};
